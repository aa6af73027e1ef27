"""Checks SM2-with-SM3 signatures with the package gmssl, and makes some of its own.

Each line of standard input: public key x‖y (hex), message (hex), signature r‖s (hex), "good" or
"bad". Ends with 1 at the first line that comes out otherwise. Then prints a signature by the
secret key given as argument over each message, one line each.
"""

import sys

from gmssl import sm2


def main():
    secret, public = sys.argv[1:3]
    own = sm2.CryptSM2(private_key=secret, public_key=public)
    messages = []
    for number, line in enumerate(sys.stdin, 1):
        key, message, signature, expected = line.split()
        message = bytes.fromhex(message)
        checker = sm2.CryptSM2(private_key="", public_key=key)
        found = "good" if checker.verify_with_sm3(signature, message) else "bad"
        if found != expected:
            sys.exit(f"line {number}: {found}, not {expected}")
        messages.append(message)
    for message in messages:
        print(own.sign_with_sm3(message))


main()
