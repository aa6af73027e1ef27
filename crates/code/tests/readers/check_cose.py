"""Reads COSE_Sign1 statements from standard input and checks them with pycose.

Each line: algorithm, key x (hex), key y (hex, may be "-"), external data (hex, may be "-"), the
statement (hex), "good" or "bad". Ends with 1 at the first line that comes out otherwise.
"""

import sys

from pycose.keys import EC2Key, OKPKey
from pycose.keys.curves import P256, Ed25519
from pycose.messages import CoseMessage, Sign1Message


def verifies(algorithm, x, y, external, statement):
    if algorithm == "Ed25519":
        key = OKPKey(crv=Ed25519, x=x)
    else:
        key = EC2Key(crv=P256, x=x, y=y)
    message = CoseMessage.decode(statement)
    assert isinstance(message, Sign1Message)
    message.key = key
    message.external_aad = external
    return message.verify_signature()


def main():
    checked = 0
    for line in sys.stdin:
        algorithm, *fields, expected = line.split()
        fields = [b"" if field == "-" else bytes.fromhex(field) for field in fields]
        found = "good" if verifies(algorithm, *fields) else "bad"
        if found != expected:
            sys.exit(f"line {checked + 1}: {found}, not {expected}")
        checked += 1
    print(checked)


main()
