"""Reads and writes signed data of GB/T 35275 with asn1crypto (DER) and gmssl (SM2, SM3).

read FILE KEY CONTENT: checks the message in FILE by the public key KEY (x and y, hexadecimal); prints the
content in hexadecimal, or "bad".
write FILE CERTIFICATE SECRET KEY CONTENT ATTRIBUTES: writes a message over the file CONTENT, with
signed attributes where ATTRIBUTES is "with".
"""

import sys

from asn1crypto import cms, core, x509
from gmssl import func, sm2, sm3

SM2_DATA = "1.2.156.10197.6.1.4.2.1"
SIGNED_DATA = "1.2.156.10197.6.1.4.2.2"
SM3 = "1.2.156.10197.1.401"
SM2_SIGN = "1.2.156.10197.1.301.1"

cms.ContentType._map[SM2_DATA] = "sm2_data"
cms.ContentType._map[SIGNED_DATA] = "sm2_signed_data"
cms.ContentType._reverse_map = None
cms.ContentInfo._oid_specs["sm2_signed_data"] = cms.SignedData
cms.ContentInfo._oid_specs["sm2_data"] = core.OctetString
cms.EncapsulatedContentInfo._oid_specs["sm2_data"] = core.OctetString


class Value(core.Sequence):
    _fields = [("r", core.Integer), ("s", core.Integer)]


def digest(data):
    return bytes.fromhex(sm3.sm3_hash(list(data)))


def raw(value):
    value = Value.load(value)
    return "%064x%064x" % (value["r"].native, value["s"].native)


def read(path, key, content):
    with open(path, "rb") as file:
        message = cms.ContentInfo.load(file.read(), strict=True)
    assert message["content_type"].dotted == SIGNED_DATA
    signed = message["content"]
    inner = signed["encap_content_info"]
    assert inner["content_type"].dotted == SM2_DATA
    if isinstance(inner["content"], core.Void) or inner["content"].native is None:
        with open(content, "rb") as file:
            content = file.read()
    else:
        content = inner["content"].native
    (signer,) = signed["signer_infos"]
    (certificate,) = signed["certificates"]
    serial = signer["sid"].chosen["serial_number"].native
    assert certificate.chosen.serial_number == serial
    point = certificate.chosen.public_key["public_key"].native
    assert point == b"\x04" + bytes.fromhex(key)
    assert signer["digest_algorithm"]["algorithm"].dotted == SM3
    assert signer["signature_algorithm"]["algorithm"].dotted == SM2_SIGN
    checker = sm2.CryptSM2(private_key="", public_key=key)
    good = checker.verify_with_sm3(raw(signer["signature"].native), content)
    print(content.hex() if good else "bad")


def write(path, certificate, secret, key, content, attributes):
    with open(certificate, "rb") as file:
        certificate = x509.Certificate.load(file.read())
    with open(content, "rb") as file:
        content = file.read()
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number",
            cms.IssuerAndSerialNumber(
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
            ),
        ),
        "digest_algorithm": {"algorithm": SM3},
        "signature_algorithm": {"algorithm": SM2_SIGN},
    }
    signed = content
    if attributes == "with":
        signer["signed_attrs"] = cms.CMSAttributes(
            [
                {"type": "content_type", "values": [cms.ContentType("sm2_data")]},
                {"type": "message_digest", "values": [core.OctetString(digest(content))]},
            ]
        )
        signed = signer["signed_attrs"].dump()
    maker = sm2.CryptSM2(private_key=secret, public_key=key)
    made = maker.sign_with_sm3(signed, func.random_hex(maker.para_len))
    value = Value({"r": int(made[:64], 16), "s": int(made[64:], 16)})
    signer["signature"] = value.dump()
    message = cms.ContentInfo(
        {
            "content_type": "sm2_signed_data",
            "content": {
                "version": "v1",
                "digest_algorithms": [{"algorithm": SM3}],
                "encap_content_info": {"content_type": "sm2_data", "content": content},
                "certificates": [certificate],
                "signer_infos": [signer],
            },
        }
    )
    with open(path, "wb") as file:
        file.write(message.dump(force=True))


{"read": read, "write": write}[sys.argv[1]](*sys.argv[2:])
