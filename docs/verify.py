#!/usr/bin/env python3
"""A second opinion on the bundle of a Veche round: one file, Python 3.9 or later, the package `cryptography` and nothing else.

    pip install cryptography
    python3 verify.py BUNDLE [--json] [--log-key VKEY] [--head HEAD …]

BUNDLE is the folder, or the same as .tar.zst. It is written from docs/protocol.md, not from the service: § is a section of that
document. Read it from top to bottom: first the parts (JSON, hashes, signatures, rules), then what may happen (`Round`), then the
count, and last the ten checks by their names. Exit: 0 everything holds, 1 something does not, 2 not understood.
"""

import argparse
import base64
import bisect
import collections
import fractions
import hashlib
import hmac
import itertools
import json
import math
import multiprocessing
import os
import re
import shutil
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import unicodedata
from datetime import date

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

try:
    from cryptography.hazmat.primitives.asymmetric import mldsa
except ImportError:  # an older package; without it no ML-DSA-44 witness can be checked, and the report says so
    mldsa = None

ZERO = bytes(32)


class Fault(Exception):
    """Why something does not hold, with its place: a file, and a line counted from 1."""

    def __init__(self, reason, file=None, line=None):
        super().__init__(reason)
        self.reason, self.file, self.line = reason, file, line

    def at(self, file, line=None):
        self.file, self.line = self.file or file, self.line or line
        return self


def need(holds, reason):
    if not holds:
        raise Fault(reason)


def sha256(data):
    return hashlib.sha256(data).digest()


# ------------------------------------------------------------------------------------------------ § 1: canonical JSON


def canonical(value):
    """The one spelling. Names are ASCII or of U+0020 to U+FFFF, so that Python's order of names is that of RFC 8785."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def each_name_once(pairs):
    value = dict(pairs)
    need(len(value) == len(pairs), "a name stands twice in one object")
    return value


def no_such_number(text):
    raise Fault(f"{text} is not an integer in decimal")


DECODER = json.JSONDecoder(object_pairs_hook=each_name_once, parse_float=no_such_number, parse_constant=no_such_number, strict=True)


def read_json(data):
    """Parses, prints again, and refuses if the two differ: white space, order of names, escapes, `-0`, all in one comparison."""
    try:
        value = DECODER.decode(data.decode("utf-8"))
        again = canonical(value)
    except (ValueError, RecursionError) as error:  # UnicodeError and JSONDecodeError are ValueErrors
        raise Fault(f"not JSON in UTF-8: {error}") from None
    if again != data:
        place = next((i for i, (a, b) in enumerate(zip(again, data)) if a != b), min(len(again), len(data)))
        raise Fault(f"not canonical JSON: byte {place + 1} differs from the one spelling")
    return value


# What a value must look like. A shape is a function of the value and of its place; it returns what the program works with.


def integer(low, high):
    def shape(value, place):
        need(type(value) is int and low <= value <= high, f"{place}: must be a number from {low} to {high}")
        return value
    return shape


U16, U32, U64, I64 = integer(0, 2**16 - 1), integer(0, 2**32 - 1), integer(0, 2**64 - 1), integer(-(2**63), 2**63 - 1)


def text(value, place):
    need(type(value) is str, f"{place}: must be text")
    return value


def boolean(value, place):
    need(type(value) is bool, f"{place}: must be true or false")
    return value


def octets(length=None):
    def shape(value, place):
        try:
            data = base64.b64decode(text(value, place), validate=True)
        except ValueError:
            raise Fault(f"{place}: not base64") from None
        need(base64.b64encode(data).decode() == value, f"{place}: not canonical base64")
        need(length is None or len(data) == length, f"{place}: must be {length} bytes, is {len(data)}")
        return data
    return shape


def matches(pattern, what):
    compiled = re.compile(pattern)
    def shape(value, place):
        need(compiled.fullmatch(text(value, place)), f"{place}: must be {what}")
        return value
    return shape


def hash_hex(value, place):
    return bytes.fromhex(matches("[0-9a-f]{64}", "64 hexadecimal digits")(value, place))


def one_of(*words):
    def shape(value, place):
        need(type(value) is str and value in words, f"{place}: must be one of {', '.join(words)}")
        return value
    return shape


def listed(inner):
    def shape(value, place):
        need(type(value) is list, f"{place}: must be a list")
        return [inner(item, f"{place}[{i}]") for i, item in enumerate(value)]
    return shape


def some(inner):
    """A list of one or more."""
    def shape(value, place):
        need(value != [], f"{place}: must not be empty")
        return listed(inner)(value, place)
    return shape


def record(required, optional=()):
    """An object with these fields and no others. An optional one that is not there is None."""
    optional = dict(optional)
    def shape(value, place):
        need(type(value) is dict, f"{place}: must be an object")
        for name in value:
            need(name in required or name in optional, f"{place}: unknown field {name}")
        result = dict.fromkeys(optional)
        for name, inner in {**required, **optional}.items():
            if name in value:
                result[name] = inner(value[name], f"{place}.{name}")
            else:
                need(name in optional, f"{place}: the field {name} is missing")
        return result
    return shape


def variant(**inner):
    """An enumeration: an object with one key, whose name says what the content is."""
    def shape(value, place):
        need(type(value) is dict and len(value) == 1, f"{place}: must be an object with one key")
        name, content = next(iter(value.items()))
        need(name.replace("-", "_") in inner and "_" not in name, f"{place}: unknown name {name}")
        return name, inner[name.replace("-", "_")](content, f"{place}.{name}")
    return shape


# Unicode's White_Space, which is not the same as str.isspace.
WHITE_SPACE = set("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(c) for c in range(0x2000, 0x200B)}


def not_only_white(value, place):
    need(set(text(value, place)) - WHITE_SPACE, f"{place}: must hold something else than white space")
    return value


def words(longest, paragraphs=False):
    def shape(value, place):
        not_only_white(value, place)
        need(len(value) <= longest, f"{place}: at most {longest} characters")
        for character in value:
            need(unicodedata.category(character) != "Cc" or paragraphs and character == "\n", f"{place}: a control character")
        return value
    return shape


def day(value, place):
    matches(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day as YYYY-MM-DD")(value, place)
    try:
        date.fromisoformat(value)
    except ValueError:
        raise Fault(f"{place}: there is no such day") from None
    return value


# ------------------------------------------------------------------------------------------------ signatures


FIELD = 2**255 - 19  # of Ed25519's curve −x² + y² = 1 + d·x²·y²
CURVE_D = -121665 * pow(121666, -1, FIELD) % FIELD
# Points whose order divides 8, by y: 0, 1, −1, and the two whose doubles have y = 0. OpenSSL lets them through, so we look ourselves.
Y_OF_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
SMALL_ORDER_Y = {0, 1, FIELD - 1, Y_OF_ORDER_8, FIELD - Y_OF_ORDER_8}


def point_problem(encoded):
    """RFC 8032 §5.1.3 and "strict": None if the 32 bytes are the encoding of a point that is not of small order."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    if y >= FIELD:
        return "is not the canonical encoding of a point"
    if y in SMALL_ORDER_Y:
        return "is a point of small order"
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, FIELD) % FIELD
    return None if pow(square, (FIELD - 1) // 2, FIELD) in (0, 1) else "is not a point of the curve"


def small_or_odd(encoded):
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    return y >= FIELD or y in SMALL_ORDER_Y


def ed25519_holds(key, message, signature):
    """Strict Ed25519. OpenSSL checks the cofactorless equation, that S is reduced and that R is canonical; the rest is here."""
    if small_or_odd(key) or small_or_odd(signature[:32]):
        return False
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


def ed25519_key(value, place):
    key = octets(32)(value, place)
    problem = point_problem(key)
    need(problem is None, f"{place}: {problem}")
    return key


def issuer_key(value, place):
    der = octets()(value, place)
    try:
        key = serialization.load_der_public_key(der)
        again = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    except Exception as error:  # the package has several errors for what it cannot read
        raise Fault(f"{place}: not a public key: {error}") from None
    need(isinstance(key, rsa.RSAPublicKey) and again == der, f"{place}: not an rsaEncryption key in DER")
    fits = key.key_size in range(2048, 8193, 8) and key.public_numbers().e == 65537
    need(fits, f"{place}: must have 2048 to 8192 bits, a multiple of 8, and exponent 65537")
    return der


def p256_point(value, place):
    point = octets(65)(value, place)
    try:
        need(point[0] == 4, f"{place}: not an uncompressed point")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise Fault(f"{place}: not a point of P-256") from None
    return point


# ------------------------------------------------------------------------------------------------ §§ 2, 3: lines, tree, notes


LONGEST_ENTRY = 65535


def leaf(line, value):
    """The bytes that the tree commits to: the line's own, or for a line that is too long for an entry its short form (§ 2)."""
    if len(line) <= LONGEST_ENTRY:
        return line
    return canonical({"event": {"sha256": sha256(canonical(value["event"])).hex()}, "index": value["index"], "previous": value["previous"]})


def leaf_hash(data):
    return sha256(b"\x00" + data)


class Tree:
    """RFC 6962 §2.1 as the lines come in: one root for each power of two in the number of leaves, the largest first."""

    def __init__(self):
        self.size, self.roots = 0, []

    def add(self, hash_of_leaf):
        self.size += 1
        self.roots.append(hash_of_leaf)
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self.roots.pop()
            self.roots[-1] = sha256(b"\x01" + self.roots[-1] + right)

    def root(self):
        if not self.roots:
            return sha256(b"")
        result = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            result = sha256(b"\x01" + left + result)
        return result


NOTE_NAME = re.compile(f"[^{''.join(WHITE_SPACE)}+]+")


def vkey(value, place, kinds=(1,)):
    """`NAME+hex(key id)+base64(kind ‖ public key)`: (name, key id, kind, public key)."""
    parts = text(value, place).split("+", 2)
    need(len(parts) == 3 and NOTE_NAME.fullmatch(parts[0]), f"{place}: not a verifier key")
    data = octets()(parts[2], place)
    need(data and data[0] in kinds, f"{place}: not a key of a kind that may stand here")
    key_id = sha256(parts[0].encode() + b"\n" + data)[:4]
    need(parts[1] == key_id.hex(), f"{place}: the key's id is {key_id.hex()}")
    if data[0] in (1, 4):
        need(len(data) == 33, f"{place}: an Ed25519 key has 32 bytes")
        problem = point_problem(data[1:])
        need(problem is None, f"{place}: {problem}")
    need(data[0] != 6 or len(data) == 1313, f"{place}: an ML-DSA-44 key has 1312 bytes")
    return parts[0], key_id, data[0], data[1:]


def read_note(data):
    """C2SP signed-note: the text with its last line end, and [(name, key id, signature)]."""
    need(len(data) <= 1 << 20, "a note is at most 1 MiB")
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Fault("a note is UTF-8") from None
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", note), "a note has no control characters but line ends")
    cut = note.rfind("\n\n")
    need(cut >= 0 and note.endswith("\n"), "a note is a text, an empty line, and signature lines with their line ends")
    body, signatures = note[: cut + 1], []
    lines = note[cut + 2 :].split("\n")[:-1]
    need(0 < len(lines) <= 64, "a note has 1 to 64 signatures")
    for line in lines:
        match = re.fullmatch(r"— ([^ ]+) ([^ ]+)", line)
        need(match and NOTE_NAME.fullmatch(match[1]), f"not a signature line: {line[:80]!r}")
        signature = octets()(match[2], "signature")
        need(len(signature) >= 5, "a signature has a key id and more")
        signatures.append((match[1], signature[:4], signature[4:]))
    return body, signatures


def read_checkpoint(data, key):
    """A note signed by this log key; (number of lines, root, body, signatures)."""
    name, key_id, _, public = key
    body, signatures = read_note(data)
    ours = [signature for signer, id_, signature in signatures if (signer, id_) == (name, key_id)]
    need(ours, f"no signature of the log's key {name}+{key_id.hex()} under the note")
    for signature in ours:
        need(len(signature) == 64 and ed25519_holds(public, body.encode(), signature), "the log's signature under the note does not verify")
    lines = body.split("\n")
    need(len(lines) == 4, "a checkpoint has three lines: origin, number of lines, root")
    need(lines[0] == name, f"the origin is {lines[0]!r}, the log's key is of {name!r}")
    need(re.fullmatch("0|[1-9][0-9]{0,19}", lines[1]) and int(lines[1]) < 2**64, "the number of lines is not in decimal")
    return int(lines[1]), octets(32)(lines[2], "root"), body, signatures


def short(data):
    return bytes([len(data)]) + data


def cosignature_holds(witness, body, seconds, signature):
    """C2SP tlog-cosignature: Ed25519 over the text, or ML-DSA-44 over the same facts in binary."""
    name, _, kind, public = witness
    if kind == 4:
        return len(signature) == 64 and ed25519_holds(public, f"cosignature/v1\ntime {seconds}\n{body}".encode(), signature)
    need(mldsa, f"the witness {name} signs with ML-DSA-44, which this version of the package cryptography does not know")
    origin, size, root = body.split("\n")[:3]
    signed = b"subtree/v1\n\0" + short(name.encode()) + struct.pack(">Q", seconds) + short(origin.encode()) + struct.pack(">QQ", 0, int(size)) + base64.b64decode(root)
    try:
        mldsa.MLDSA44PublicKey.from_public_bytes(public).verify(signature, signed)
        return True
    except (InvalidSignature, ValueError):
        return False


def cosigned(body, signatures, witness):
    """Whether this witness signed this checkpoint, at some time above zero. One signature of its key that does not hold is a fault."""
    counts = False
    for signer, key_id, signature in signatures:
        if (signer, key_id) == witness[:2]:
            seconds = int.from_bytes(signature[:8], "big")
            holds = len(signature) > 8 and seconds < 2**63 and cosignature_holds(witness, body, seconds, signature[8:])
            need(holds, f"the cosignature of {signer} does not verify")
            counts = counts or seconds > 0
    return counts


# ------------------------------------------------------------------------------------------------ § 5: rules


HANDLE = text
PLACE = record({"latitude": integer(-90_000_000, 90_000_000), "longitude": integer(-180_000_000, 180_000_000)})


def territory_id(value, place):
    not_only_white(value, place)
    need(len(value) <= 64, f"{place}: more than 64 characters")
    need(all(" " <= c <= "\uffff" and unicodedata.category(c) != "Cc" for c in value), f"{place}: a character that may not stand here")
    return value


TERRITORY = record(
    {"id": territory_id, "number": U32, "title": not_only_white},
    {"address": words(200), "applied": day, "cost": I64, "description": words(4000, paragraphs=True), "place": PLACE, "proposed_by": words(200)},
)
RUNGS = ("application", "backwards", "forwards", "lots", "registration")
VOTING = record({
    "kind": variant(
        approval=record({"max": U16}), ranked=record({"max": U16}), score=record({"max": integer(1, 1000)}),
        points=record({"total": integer(1, 2**31 - 1)}, {"each": integer(1, 2**31 - 1)}),
    ),
    "method": text,
    "territories": listed(TERRITORY),
    "ties": listed(one_of(*RUNGS)),
    "winners": variant(
        top=record({"seats": integer(1, 2**16 - 1)}, {"minimum": U64}),
        budget=record({"budget": integer(1, 2**63 - 1), "overflow": one_of("skip", "stop")}, {"minimum": U64}),
    ),
}, {
    "limits": some(record({"of": some(text)}, {"money": integer(1, 2**63 - 1), "most": integer(1, 2**16 - 1)})),
    "turnout": record({"eligible": integer(1, 10**10), "per_mille": integer(1, 1000)}),
})
WITNESS_KINDS = (4, 6)  # Ed25519 and ML-DSA-44 cosignatures
RULES = record(
    {
        "acceptance_key": ed25519_key,
        "batch": record({"at_least": integer(1, 10_000), "within": integer(3600, 86_400)}),
        "closes_at": I64, "opens_at": I64,
        "commission": listed(record({"handle": HANDLE, "key": ed25519_key})),
        "issuer_key": issuer_key, "log_key": text, "origin": text,
        "minimum_age": integer(0, 120), "quorum": U16, "reference_date": day,
        "register": record({"at_least": integer(1, 10_000)}),
        "sealing_key": p256_point,
        "slug": matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "1 to 63 of a-z, 0-9 and -, no - at an end"),
        "time_zone": text, "title": not_only_white, "voting": VOTING,
    },
    {"district": text, "witnesses": record({"keys": listed(text), "quorum": U16})},
)
PAIRS = ("copeland", "kemeny", "minimax", "minimax-margins", "ranked-pairs", "ranked-pairs-winning-votes", "schulze", "schulze-margins")
SHARES = tuple(f"equal-shares{units}{completion}" for units in ("", "-units") for completion in ("", "-add1", "-add1u", "-greedy"))
TRANSFERABLE = ("stv-meek", "stv-scottish")
BUYING = (*SHARES, "greedy", "knapsack", "phragmen")  # they spend a budget
ADDING = ("approval", "borda", "instant-runoff", "points", "score")
RUNOFFS = ("instant-runoff", "instant-runoff-batches")
BY_ROUNDS = ("coombs", *RUNOFFS, *TRANSFERABLE)  # their ties can be broken by earlier rounds
METHODS = {
    "approval": ("approval", "choose-one", "greedy", "knapsack", "phragmen", *SHARES),
    "points": ("greedy", "knapsack", "points", *SHARES),
    "ranked": ("borda", "borda-fixed", "bucklin", "coombs", "dowdall", "greedy", "knapsack", *RUNOFFS, *PAIRS, *SHARES, *TRANSFERABLE),
    "score": ("greedy", "knapsack", "majority-judgement", "score", "score-mean", "score-mean-blanks-zero", "star", *PAIRS, *SHARES),
}
WITH_MINIMUM = (*BUYING, *RUNOFFS, "approval", "borda", "borda-fixed", "choose-one", "dowdall", "points", "score", "score-mean", "score-mean-blanks-zero", "star")
RAISING = tuple(name for name in SHARES if name.endswith(("add1", "add1u")))
# Most territories: 12 and 17 because the work doubles with each, 256 because the outcome has every step, or the votes of every round, and is one line.
MOST_TERRITORIES = {"kemeny": 12, "knapsack": 17, **dict.fromkeys(
    [*SHARES, *TRANSFERABLE, *RUNOFFS, *(name for name in PAIRS if name != "kemeny"), "bucklin", "coombs", "dowdall", "majority-judgement", "phragmen"], 256)}
MOST_RAISED_BUDGET = 10**15  # hundredths
MOST_LIMITS = 32
MOST_LIMITS_OF_KNAPSACK = 8
MOST_RAISES, MOST_MARKS_READ = 100_000, 50_000_000_000


class Rules:
    """The rules of a round, and what follows from them."""

    def __init__(self, value):
        self.fingerprint = sha256(canonical(value))
        self.value, self.field = value, RULES(value, "rules")
        f = self.field
        need(0 <= f["opens_at"] < f["closes_at"], "rules: 0 ≤ opens_at < closes_at does not hold")
        members = [(m["handle"], m["key"]) for m in f["commission"]]
        self.members = dict(members)
        need(len(self.members) == len(members) == len(set(self.members.values())), "rules.commission: handles differ, and so do keys")
        need(1 <= f["quorum"] <= len(members), "rules.quorum: from 1 to the number of members")
        self.log_key = vkey(f["log_key"], "rules.log_key")
        need(self.log_key[0] == f["origin"] and f["origin"].endswith("/rounds/" + f["slug"]), "rules.origin: must be the log key's name and end in /rounds/SLUG")
        self.modulus = (serialization.load_der_public_key(f["issuer_key"]).key_size + 7) // 8
        self.witnesses = [vkey(k, "rules.witnesses.keys", WITNESS_KINDS) for k in f["witnesses"]["keys"]] if f["witnesses"] else []
        if f["witnesses"]:
            keys = f["witnesses"]["keys"]
            need(keys == sorted(set(keys), key=str.encode) and len(keys) <= 16, "rules.witnesses.keys: ascending, each once, at most 16")
            need(1 <= f["witnesses"]["quorum"] <= len(keys), "rules.witnesses.quorum: from 1 to the number of keys")
            named, public = {w[:2] for w in self.witnesses}, {w[3] for w in self.witnesses}
            need(len(named) == len(public) == len(keys), "rules.witnesses.keys: two of them have one key, or one name and key id")
            need(self.log_key[3] not in public, "rules.witnesses.keys: the log's own key")
        self.read_voting(f["voting"])

    def read_voting(self, voting):
        self.territories = voting["territories"]
        n = len(self.territories)
        need(1 <= n <= 65535, "rules.voting.territories: from 1 to 65535")
        for name in ("id", "number"):
            need(len({t[name] for t in self.territories}) == n, f"rules.voting.territories: a territory's {name} stands twice")
        (self.kind, self.limits), self.method = voting["kind"], voting["method"]
        need(self.method in METHODS[self.kind], f"rules.voting.method: {self.method} does not count ballots of kind {self.kind}")
        if self.kind in ("approval", "ranked"):
            need(1 <= self.limits["max"] <= n, "rules.voting.kind.max: from 1 to the number of territories")
            self.most, self.mark = min(self.limits["max"], n), struct.Struct(">H")
        else:
            self.most, self.mark = n if self.kind == "score" else min(self.limits["total"], n), struct.Struct(">HI")
        if self.kind == "points":
            need(self.limits["each"] is None or self.limits["each"] <= self.limits["total"], "rules.voting.kind.each: from 1 to the total")
        self.choice_length = 3 + self.mark.size * self.most
        self.ballot_length = 150 + self.modulus + self.choice_length + 64
        self.ties = voting["ties"]
        need(len(set(self.ties)) == len(self.ties), "rules.voting.ties: each rung at most once")
        need([name in ("lots", "registration") for name in self.ties] == [False] * (len(self.ties) - 1) + [True], "rules.voting.ties: registration or lots last, and nowhere else")
        need(self.method in BY_ROUNDS or not {"backwards", "forwards"} & set(self.ties), f"rules.voting.ties: {self.method} does not count by rounds")
        self.winners, self.winning = voting["winners"]
        if self.winners == "budget":
            need(all((t["cost"] or 0) > 0 for t in self.territories), "rules.voting: a budget asks for a cost above zero on every territory")
        self.check_method(n)
        self.read_limits(voting["limits"] or [])
        self.needed = -(-voting["turnout"]["eligible"] * voting["turnout"]["per_mille"] // 1000) if voting["turnout"] else 0

    def read_limits(self, limits):
        """What may win together: [(places, most or None, money or None)]."""
        need(not limits or self.method in BUYING, f"rules.voting.limits: {self.method} knows none")
        most = MOST_LIMITS_OF_KNAPSACK if self.method == "knapsack" else MOST_LIMITS
        need(len(limits) <= most, f"rules.voting.limits: at most {most}")
        places = {territory["id"]: place for place, territory in enumerate(self.territories)}
        for limit in limits:
            need(limit["most"] is not None or limit["money"] is not None, "rules.voting.limits: most, or money, or both")
            costs = [territory["cost"] or 0 for territory in self.territories if territory["id"] in limit["of"]]
            need(limit["money"] is None or max(costs, default=0) <= limit["money"], "rules.voting.limits.money: not less than one of the costs")
            need(len(set(limit["of"])) == len(limit["of"]) and set(limit["of"]) <= set(places), "rules.voting.limits.of: territories of the round, each once")
        self.joint = [({places[name] for name in limit["of"]}, limit["most"], limit["money"]) for limit in limits]

    def lets(self, place, winners):
        """Whether the limits let a territory win beside these."""
        cost = lambda at: self.territories[at]["cost"]
        for of, most, money in self.joint:
            if place in of:
                beside = [at for at in winners if at in of]
                if most is not None and len(beside) >= most or money is not None and sum(map(cost, beside)) + cost(place) > money:
                    return False
        return True

    def check_method(self, n):
        method, is_budget = self.method, self.winners == "budget"
        need(n <= MOST_TERRITORIES.get(method, n), f"rules.voting.method: {method} takes at most {MOST_TERRITORIES.get(method)} territories")
        need(method != "choose-one" or self.limits["max"] == 1, "rules.voting.method: choose-one takes ballots of one mark")
        need(is_budget or method not in BUYING, f"rules.voting.winners: {method} spends a budget")
        need(method not in RAISING or self.winning["budget"] <= MOST_RAISED_BUDGET, f"rules.voting.winners.budget: at most {MOST_RAISED_BUDGET} with {method}")
        need(not is_budget or method not in TRANSFERABLE, f"rules.voting.winners: {method} fills seats")
        need(self.winning["minimum"] is None or method in WITH_MINIMUM, f"rules.voting.winners.minimum: has no meaning with {method}")
        need(not is_budget or self.winning["overflow"] == "skip" or method not in (*SHARES, "knapsack"), f"rules.voting.winners.overflow: must be skip with {method}")


# ------------------------------------------------------------------------------------------------ § 6: ballots


class Ballot:
    """A ballot cut into its fields."""

    def __init__(self, data, modulus):
        self.fingerprint, self.credential, self.issued = data[1:33], data[33:65], data[65 : 65 + modulus]
        self.version = int.from_bytes(data[65 + modulus : 69 + modulus], "big")
        self.encapsulated, self.sealed = data[69 + modulus : 134 + modulus], data[134 + modulus : -64]
        self.signed, self.signature = data[:-64], data[-64:]


def ballot_problem(rules, issuer, data):
    """The checks of § 6 in their order; None if the ballot passes."""
    if len(data) != rules.ballot_length:
        return f"ballot-length: {len(data)} bytes, a ballot of this round has {rules.ballot_length}"
    if data[0] != 1:
        return f"ballot-format: format {data[0]}"
    ballot = Ballot(data, rules.modulus)
    if ballot.fingerprint != rules.fingerprint:
        return "ballot-other-round: the fingerprint is of other rules"
    if ballot.version == 0:
        return "ballot-version: version 0"
    try:
        message = b"veche/credential/v1\0" + rules.fingerprint + ballot.credential
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=48)
        issuer.verify(ballot.issued, message, pss, hashes.SHA384())
    except InvalidSignature:
        return "ballot-issuer-signature: the issuer did not sign this credential"
    if not ed25519_holds(ballot.credential, b"veche/ballot/v1\0" + ballot.signed, ballot.signature):
        problem = point_problem(ballot.credential)
        if problem and "small" not in problem:
            return f"ballot-credential: the credential {problem}"
        return "ballot-signature: the credential did not sign this ballot"
    return None


# HPKE (RFC 9180), base mode, for one suite: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM.
KEM_SUITE = b"KEM" + struct.pack(">H", 0x0010)
HPKE_SUITE = b"HPKE" + struct.pack(">HHH", 0x0010, 0x0001, 0x0001)


def extract(suite, salt, label, key):
    return hmac.digest(salt, b"HPKE-v1" + suite + label + key, "sha256")


def expand(suite, key, label, info, length):  # lengths up to 32, so one block of HKDF is enough
    return hmac.digest(key, struct.pack(">H", length) + b"HPKE-v1" + suite + label + info + b"\x01", "sha256")[:length]


class Opener:
    """Opens the seals of one round. What depends on `info` alone is computed once."""

    def __init__(self, secret, fingerprint):
        self.secret = ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())
        self.public = self.secret.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        info = b"veche/seal/v1\0" + fingerprint
        self.context = b"\x00" + extract(HPKE_SUITE, b"", b"psk_id_hash", b"") + extract(HPKE_SUITE, b"", b"info_hash", info)

    def open(self, ballot):
        """The choice's bytes, or None if the seal does not open."""
        try:
            if ballot.encapsulated[0] != 4:
                return None
            sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ballot.encapsulated)
            shared = self.secret.exchange(ec.ECDH(), sender)
            shared = extract(KEM_SUITE, b"", b"eae_prk", shared)
            shared = expand(KEM_SUITE, shared, b"shared_secret", ballot.encapsulated + self.public, 32)
            secret = extract(HPKE_SUITE, shared, b"secret", b"")
            key = expand(HPKE_SUITE, secret, b"key", self.context, 16)
            nonce = expand(HPKE_SUITE, secret, b"base_nonce", self.context, 12)
            return AESGCM(key).decrypt(nonce, ballot.sealed, ballot.credential + struct.pack(">I", ballot.version))
        except (ValueError, InvalidTag):
            return None


def opener_of(secret, fingerprint, sealing_key):
    try:
        opener = Opener(secret, fingerprint)
    except ValueError:
        raise Fault("the revealed key is not a secret key of P-256") from None
    need(opener.public == sealing_key, "the revealed key is not that of the rules' sealing_key")
    return opener


# The costly parts run in as many processes as there are cores. `WORK` is what a process knows of the round.
WORK = {}


def begin_work(rules_value, secret):
    WORK["rules"] = rules = Rules(rules_value)
    WORK["issuer"] = serialization.load_der_public_key(rules.field["issuer_key"])
    WORK["opener"] = Opener(secret, rules.fingerprint) if secret else None


def check_some(ballots):
    """The first (line, problem) of a list of (line, ballot), or None."""
    for line, data in ballots:
        problem = ballot_problem(WORK["rules"], WORK["issuer"], data)
        if problem:
            return line, problem
    return None


def open_some(ballots):
    return [WORK["opener"].open(Ballot(data, WORK["rules"].modulus)) for data in ballots]


class Workers:
    """Hands lists to the processes, a few ahead, and gives the answers back in order. Few ballots are done at once, here."""

    AHEAD, SOME = 16, 256

    def __init__(self, rules, secret, processes, many):
        self.waiting, self.pool = collections.deque(), None
        if many and processes > 1:
            self.pool = multiprocessing.Pool(processes, begin_work, (rules.value, secret))
        else:
            begin_work(rules.value, secret)

    def map(self, function, items):
        chunk = []
        for item in items:
            chunk.append(item)
            if len(chunk) == self.SOME:
                yield from self.hand(function, chunk, self.AHEAD)
                chunk = []
        yield from self.hand(function, chunk, 0)

    def hand(self, function, chunk, ahead):
        if not self.pool:
            yield function(chunk)
            return
        self.waiting.append(self.pool.apply_async(function, (chunk,)))
        while len(self.waiting) > ahead:
            yield self.waiting.popleft().get()

    def close(self):
        if self.pool:
            self.pool.terminate()
            self.pool.join()


# ------------------------------------------------------------------------------------------------ § 4: what may happen


BY_TWO = record({"confirmed": HANDLE, "proposed": HANDLE})


def by_whom(value, place):
    if value == "schedule":
        return None
    return variant(two=BY_TWO)(value, place)[1]


def object_of(name_shape, inner):
    def shape(value, place):
        need(type(value) is dict, f"{place}: must be an object")
        return {name_shape(name, place): inner(content, f"{place}.{name}") for name, content in value.items()}
    return shape


CLIENT = object_of(matches("[a-z0-9.-]{1,63}", "a name of 1 to 63 of a-z, 0-9, . and -"), hash_hex)
ALT = object_of(matches("[a-z]{2,3}", "a language of two or three of a-z"), words(300))
FILES = record({"large_jpeg": hash_hex, "large_webp": hash_hex, "small_jpeg": hash_hex, "small_webp": hash_hex})
FRACTION = record({"den": U64, "num": U64})


def written(number):
    """An exact number as text: 12, 0.125 where nine decimals are enough, else 1/3."""
    number = fractions.Fraction(number)
    for places in range(10):
        units = number * 10**places
        if units.denominator == 1:
            digits = str(abs(units.numerator)).zfill(places + 1)
            return ("-" if number < 0 else "") + (digits[:-places] + "." + digits[-places:] if places else digits)
    return f"{number.numerator}/{number.denominator}"


def exact(value, place):
    need(type(value) is not str or len(value) <= 2000, f"{place}: a number of more than 2000 characters")
    matches("-?[0-9]{1,2000}([./][0-9]{1,2000})?", "an exact number")(value, place)
    need("/" not in value or set(value.split("/")[1]) != {"0"}, f"{place}: divides by nothing")
    need(written(fractions.Fraction(value)) == value, f"{place}: not the one spelling of the number")
    return value


def score_shape(value, place):
    if type(value) is int:
        return U64(value, place)
    need(not 0 <= fractions.Fraction(exact(value, place)) < 2**64 or "." in value or "/" in value, f"{place}: a whole score is a number, not text")
    return value


def two_of(*inner):
    def shape(value, place):
        need(type(value) is list and len(value) == 2, f"{place}: must be a list of two")
        return [part(item, f"{place}[{i}]") for i, (part, item) in enumerate(zip(inner, value))]
    return shape


def square(value, place):
    value = record({"candidates": U16, "preferred": listed(U64)})(value, place)
    need(len(value["preferred"]) == value["candidates"] ** 2, f"{place}: must have a number for each pair")
    return value


STANDING = record(
    {"id": text, "rank": U32, "selected": boolean, "votes": U64},
    {"mean": FRACTION, "median": FRACTION, "score": score_shape, "why": one_of("no-seat", "over-budget", "after-stop", "below-minimum", "no-support", "barred")},
)
VICTORY = record({"loser": U16, "strength": U64, "winner": U16})
SOME = record({"candidates": listed(U16), "round": U32})
STEP = variant(
    counted=record({"exhausted": exact, "round": U32, "votes": listed(exact)}, {"quota": exact}), elected=SOME, eliminated=SOME,
    finalists=record({"equal": U64, "pair": two_of(U16, U16), "preferred": two_of(U64, U64)}),
    kept=record({"factors": listed(exact), "round": U32}), last_places=record({"round": U32, "votes": listed(exact)}),
    locked=VICTORY, skipped=VICTORY, medians=record({"grades": listed(U32)}), optimal=record({"distance": U64, "first": listed(U16)}),
    paths=record({"by": one_of("margins", "winning-votes"), "rows": listed(listed(U64))}),
    purchased=record({"candidate": U16, "cost": I64}, {"price": exact, "supporters": U64}),
    transferred=record({"from": U16, "lost": exact, "round": U32, "to": listed(two_of(U16, exact))}),
)
REASONS = ("not-opened", "length", "format", "padding", "too-many", "unknown-territory", "duplicate", "out-of-range", "too-many-points", "order")
OUTCOME = record(
    {
        "ballots": U64, "blank": U64, "invalid": object_of(one_of(*REASONS), U64),
        "rounds": listed(record({"counts": object_of(text, U64), "exhausted": U64}, {"eliminated": text})),
        "standings": listed(STANDING),
        "ties": listed(record(
            {"decisive": boolean, "order": listed(text), "rules": listed(one_of(*RUNGS))}, {"round": U32, "score": score_shape},
        )),
        "winners": listed(text),
    },
    {"needed": U64, "pairwise": square, "seed": hash_hex, "spent": I64, "steps": listed(STEP)},
)


def event(fields, optional=()):
    return record(dict(fields), dict(optional))


A = ("at", I64)
B = ("by", HANDLE)
WHY = ("reason", not_only_white)
EVENTS = {
    "published": event([A, B, ("rules", lambda value, place: Rules(value))]),
    "roll-extended": event([("added", U64), A, B, ("total", U64)]),
    "letters-replaced": event([A, B, ("people", U64), WHY]),
    "pictured": event([("alt", ALT), A, B, ("files", FILES), ("kind", one_of("photo", "plan")), ("territory", U32)]),
    "picture-removed": event([A, B, ("picture", hash_hex), WHY, ("territory", U32)]),
    "proposed": event([("act", one_of("open", "close", "annul")), A, B, WHY]),
    "voting-opened": event([A, ("by", by_whom), ("client", CLIENT)]),
    "voting-paused": event([A, B, WHY]),
    "voting-resumed": event([A, B, WHY]),
    "closing-extended": event([A, B, ("closes_at", I64), WHY]),
    "client-replaced": event([A, ("client", CLIENT)]),
    "batch": event([("ballots", U32), ("hour", I64), ("reason", one_of("full", "due", "close"))]),
    "ballot": event([("envelope", octets())]),
    "register": event([("count", U64), ("hash", hash_hex), ("hour", I64)]),
    "voting-closed": event([A, ("by", by_whom)], [("chance", octets(32))]),
    "key-revealed": event([A, B, ("key", octets(32))]),
    "tallied": event([A, ("outcome", lambda value, place: OUTCOME(value, place) and value), ("replaced", U64)]),
    "signed": event([A, ("member", HANDLE), ("signature", octets(64))]),
    "annulled": event([A, ("by", by_whom), WHY]),
}
BEFORE_CERTIFIED = "published open paused closed opened tallied"
ALLOWED = {name: set(phases.split()) for name, phases in {
    "published": "", "roll-extended": "published open paused", "letters-replaced": "published open paused",
    "pictured": "published", "picture-removed": "published open paused", "proposed": BEFORE_CERTIFIED,
    "voting-opened": "published", "voting-paused": "open", "voting-resumed": "paused", "closing-extended": "published open paused",
    "client-replaced": "open paused", "batch": "open paused", "ballot": "open paused", "register": "open paused",
    "voting-closed": "open paused", "key-revealed": "closed", "tallied": "opened", "signed": "tallied certified", "annulled": BEFORE_CERTIFIED,
}.items()}
WHILE_CLOSING = {"ballot", "batch", "register", "voting-closed", "annulled"}


class Round:
    """What has happened so far, and whether the next event may. `apply` raises a Fault if not."""

    def __init__(self):
        self.phase, self.rules = None, None
        self.roll = 0
        self.clock, self.hour = -(2**63), 0
        self.last_due = None  # hour of the last small batch that was due
        self.closes_at = None
        self.proposal = None  # (act, official)
        self.client = None
        self.closing = False
        self.in_batch, self.last_hash = 0, None  # ballots still to come, and the hash of the one before
        self.pictures = {}  # picture → territory
        self.steps = []  # (count, hash, hour) of each register event
        self.ballots = 0
        self.last_event = None
        self.secret, self.outcome, self.replaced, self.tallied_leaf = None, None, None, None
        self.signatures = {}  # member → (signature, number of the line)

    def apply(self, value, number, hash_of_leaf):
        need(type(value) is dict and len(value) == 1, "event: must be an object with one key")
        name, fields = next(iter(value.items()))
        need(name in EVENTS, f"unknown event {name}")
        if self.phase is None:
            need(name == "published", f"line 0 must be published, not {name}")
        else:
            need(self.phase in ALLOWED[name], f"{name} may not follow while the round is {self.phase}")
            need(not self.closing or name in WHILE_CLOSING, f"{name} may not follow once the closing has begun")
            need((self.in_batch > 0) == (name == "ballot"), f"{name}: {self.in_batch} ballots of the batch are still to come")
        f = EVENTS[name](fields, name)
        if "at" in f:
            last = self.clock if name == "published" else max(self.clock, self.hour)
            need(f["at"] >= last, f"at: {f['at']} is before {last} of a line before")
            self.clock = f["at"]
        if "hour" in f:
            need(f["hour"] % 3600 == 0, "hour: must be a full hour")
            need(f["hour"] >= max(self.hour, self.clock // 3600 * 3600), "hour: is before the hour of a line before, or of the time in one")
            self.hour = f["hour"]
        self.number, self.leaf_hash = number, hash_of_leaf
        getattr(self, "on_" + name.replace("-", "_"))(f)
        self.last_event = name
        return name, f

    def by_two(self, by, act):
        need(self.proposal == (act, by["proposed"]), f"the last proposal is not to {act} and by {by['proposed']}")
        need(by["confirmed"] in self.rules.members and by["confirmed"] != by["proposed"], f"{by['confirmed']} may not confirm")
        self.proposal = None

    def on_published(self, f):
        self.rules, self.phase = f["rules"], "published"
        self.closes_at = self.rules.field["closes_at"]
        self.territories = {t["number"] for t in self.rules.territories}

    def on_roll_extended(self, f):
        need(f["total"] == self.roll + f["added"], f"total: {self.roll} + {f['added']} is not {f['total']}")
        self.roll = f["total"]

    def on_letters_replaced(self, f):
        need(1 <= f["people"] <= self.roll, f"people: from 1 to {self.roll}, who are on the roll")

    def on_pictured(self, f):
        picture = f["files"]["large_jpeg"]
        need(f["alt"], "alt: at least one language")
        need(f["territory"] in self.territories, f"territory: there is no number {f['territory']}")
        need(picture not in self.pictures, "files: the round has this picture")
        need(list(self.pictures.values()).count(f["territory"]) < 8, "territory: it has 8 pictures")
        self.pictures[picture] = f["territory"]

    def on_picture_removed(self, f):
        need(self.pictures.get(f["picture"]) == f["territory"], "picture: the territory does not have it")
        del self.pictures[f["picture"]]

    def on_proposed(self, f):
        may = {"open": {"published"}, "close": {"open", "paused"}, "annul": ALLOWED["annulled"]}
        need(self.phase in may[f["act"]], f"to {f['act']} may not be proposed while the round is {self.phase}")
        self.proposal = (f["act"], f["by"])

    def on_voting_opened(self, f):
        if f["by"]:
            self.by_two(f["by"], "open")
        else:
            need(f["at"] >= self.rules.field["opens_at"], "the schedule does not open before opens_at")
        self.on_client(f)
        self.phase = "open"

    def on_client(self, f):
        need(len(f["client"]) <= 32, "client: at most 32 files")
        need(f["client"] != self.client, "client: does not differ from the one before")
        self.client = f["client"]

    on_client_replaced = on_client

    def on_voting_paused(self, f):
        self.phase = "paused"

    def on_voting_resumed(self, f):
        self.phase = "open"

    def on_closing_extended(self, f):
        need(f["at"] < self.closes_at, "the close in force has passed")
        need(f["closes_at"] > self.closes_at, "closes_at must grow")
        self.closes_at = f["closes_at"]

    def on_batch(self, f):
        need(f["reason"] == "close" or not self.closing, f"a batch of reason {f['reason']} may not follow once the closing has begun")
        least = self.rules.field["batch"]["at_least"] if f["reason"] == "full" else 1
        need(f["ballots"] >= least, f"ballots: a batch of reason {f['reason']} has at least {least}")
        if f["reason"] == "due" and f["ballots"] < self.rules.field["batch"]["at_least"]:
            apart = (self.rules.field["batch"]["within"] // 3600 - 1) * 3600
            need(self.last_due is None or f["hour"] >= self.last_due + apart, f"reason: a small batch was due at {self.last_due} already, another cannot be due so soon")
            self.last_due = f["hour"]
        self.in_batch, self.last_hash = f["ballots"], b""
        self.closing = self.closing or f["reason"] == "close"

    def on_ballot(self, f):
        digest = sha256(f["envelope"])
        need(digest > self.last_hash, "the ballots of a batch are not in the order of their hashes")
        self.in_batch, self.last_hash, self.ballots = self.in_batch - 1, digest, self.ballots + 1

    def on_register(self, f):
        count, hour = (self.steps[-1][0], self.steps[-1][2]) if self.steps else (0, 0)
        need(count <= f["count"] <= self.roll, f"count: from {count}, which it was, to {self.roll}, who are on the roll")
        if f["count"] - count < self.rules.field["register"]["at_least"] or f["hour"] - hour < 3600:
            self.closing = True
        self.steps.append((f["count"], f["hash"], f["hour"]))

    def on_voting_closed(self, f):
        need(self.last_event == "register", "the line before voting-closed must be a register step")
        need((f["chance"] is not None) == ("lots" in self.rules.ties), "chance: there where the rules draw lots, and else not")
        if f["by"]:
            self.by_two(f["by"], "close")
        else:
            need(f["at"] >= self.closes_at, f"the schedule does not close before {self.closes_at}")
        self.phase, self.closing = "closed", False

    def on_key_revealed(self, f):
        need(f["by"] in self.rules.members, f"by: {f['by']} is not a commission member")
        opener_of(f["key"], self.rules.fingerprint, self.rules.field["sealing_key"])
        self.secret, self.phase = f["key"], "opened"

    def on_tallied(self, f):
        outcome = f["outcome"]
        need(outcome["ballots"] + f["replaced"] == self.ballots, f"outcome.ballots + replaced must be the {self.ballots} ballots of the log")
        need(outcome["ballots"] <= (self.steps[-1][0] if self.steps else 0), "outcome.ballots is above the register's count")
        self.outcome = outcome
        self.replaced, self.tallied_leaf, self.phase = f["replaced"], self.leaf_hash, "tallied"

    def on_signed(self, f):
        need(f["member"] in self.rules.members, f"member: {f['member']} is not a commission member")
        need(f["member"] not in self.signatures, f"member: {f['member']} has signed")
        self.signatures[f["member"]] = (f["signature"], self.number)
        if len(self.signatures) >= self.rules.field["quorum"]:
            self.phase = "certified"

    def on_annulled(self, f):
        need(f["by"], "the schedule never annuls")
        self.by_two(f["by"], "annul")
        self.phase, self.closing = "annulled", False


# ------------------------------------------------------------------------------------------------ § 7: the count


def read_choice(rules, opened):
    """The marks [(territory, value)] in the ballot's order, or the reason why it is invalid."""
    if opened is None:
        return "not-opened"
    if len(opened) != rules.choice_length:
        return "length"
    if opened[0] != 1:
        return "format"
    count = int.from_bytes(opened[1:3], "big")
    end = 3 + count * rules.mark.size
    if end > rules.choice_length:
        return "too-many"
    if any(opened[end:]):
        return "padding"
    marks = [mark if len(mark) == 2 else (mark[0], None) for mark in rules.mark.iter_unpack(opened[3:end])]
    places = [place for place, _ in marks]
    if any(place >= len(rules.territories) for place in places):
        return "unknown-territory"
    if len(set(places)) != len(places):
        return "duplicate"
    if count > rules.most:
        return "too-many"
    if rules.kind == "score" and any(value > rules.limits["max"] for _, value in marks):
        return "out-of-range"
    if rules.kind == "points":
        each = rules.limits["each"]
        if any(value == 0 or each is not None and value > each for _, value in marks):
            return "out-of-range"
        if sum(value for _, value in marks) > rules.limits["total"]:
            return "too-many-points"
    if rules.kind != "ranked" and places != sorted(places):
        return "order"
    return marks


def seed_of(closed, secret):
    """What lots are drawn from: the root of the lines up to `voting-closed`, and the key that was revealed after it."""
    return sha256(b"veche/seed/v1\0" + closed + secret)


def rung(rules, name, place, past=()):
    """By what a rung of the ladder tells territories apart; less is better. `past` has the votes in each of the rounds before."""
    territory = rules.territories[place]
    if name == "application":
        return territory["applied"] or "none"  # letters stand after digits
    if name == "backwards":
        return [-votes[place] for votes in reversed(past)]
    if name == "forwards":
        return [-votes[place] for votes in past]
    if name == "lots":
        return sha256(b"veche/lot/v1\0" + rules.seed + territory["id"].encode())
    return territory["number"]


def ladder(rules, place, past=()):
    return [rung(rules, name, place, past) for name in rules.ties]


def tie(rules, places, score, decisive, step=None, past=()):
    """An entry of `ties` for territories in ladder order."""
    first = set()
    for a, b in zip(places, places[1:]):
        first.add(next(name for name in rules.ties if rung(rules, name, a, past) != rung(rules, name, b, past)))
    entry = {"decisive": decisive, "order": [rules.territories[p]["id"] for p in places], "rules": [n for n in rules.ties if n in first]}
    if score is not None:
        entry["score"] = score
    return entry if step is None else {**entry, "round": step}


def runoff(rules, choices):
    """Instant run-off: (places by rank, their scores, steps, ties)."""
    territory = rules.territories
    left, scores, steps, ties, out, past = set(range(len(territory))), {}, [], [], [], []
    preferences = collections.Counter(tuple(place for place, _ in marks) for marks in choices)
    while left:
        support = dict.fromkeys(left, 0)
        exhausted = 0
        for places, ballots in preferences.items():
            best = next((place for place in places if place in left), None)
            if best is None:
                exhausted += ballots
            else:
                support[best] += ballots
        least = min(support.values())
        lowest = sorted((place for place in left if support[place] == least), key=lambda place: ladder(rules, place, past))
        loser = lowest[-1]
        if len(lowest) > 1:
            ties.append(tie(rules, lowest, least, True, len(steps) + 1, past))
        past.append([support.get(place, 0) for place in range(len(territory))])
        step = {"counts": {territory[p]["id"]: s for p, s in support.items()}, "exhausted": exhausted}
        if len(left) > 1:
            step["eliminated"] = territory[loser]["id"]
        steps.append(step)
        scores[loser] = least
        left.remove(loser)
        out.append(loser)
    return out[::-1], scores, steps, ties


def select(rules, ranked, scores):
    """Who wins: {place: None or why not}, and the sum of the winners' costs."""
    why, spent, seats, stopped = {}, 0, 0, False
    minimum = rules.winning["minimum"]
    for place in ranked:
        cost = rules.territories[place]["cost"]
        if minimum is not None and scores[place] < minimum:
            why[place] = "below-minimum"
        elif rules.winners == "top":
            why[place] = None if seats < rules.winning["seats"] else "no-seat"
            seats += why[place] is None
        elif not rules.lets(place, [at for at, reason in why.items() if reason is None]):
            why[place] = "barred"
        elif stopped:
            why[place] = "after-stop"
        elif spent + cost <= rules.winning["budget"]:
            why[place], spent = None, spent + cost
        else:
            why[place], stopped = "over-budget", rules.winning["overflow"] == "stop"
    return why, spent


def fraction(value):
    return {"den": value.denominator, "num": value.numerator}


class Count:
    """A count by a method that tells its steps. Territories are numbers; every method below fills in what it finds."""

    def __init__(self, rules, valid):
        self.rules, self.n = rules, len(rules.territories)
        self.all = range(self.n)
        self.ballots, self.blank = len(valid), sum(not marks for marks in valid)
        self.naming = self.ballots - self.blank
        papers = collections.Counter(tuple(marks) for marks in valid)
        self.papers = [(list(marks), times) for marks, times in sorted(papers.items())]
        self.rankings = [([place for place, _ in marks], times) for marks, times in self.papers]
        self.votes = [sum(times for marks, times in self.rankings if place in marks) for place in self.all]
        self.seats = rules.winning["seats"] if rules.winners == "top" else self.n
        self.order, self.scores, self.chosen, self.pairwise = [], None, None, None
        self.steps, self.ties = [], []
        self.past = []  # votes in each of the rounds before, for methods that count by rounds

    def told(self, name, **content):
        self.steps.append({name: content})

    def settle(self, tied, step=None, decisive=True):
        """Equals by the ladder; two or more of them are a tie. Whether one without a step is decisive is seen at the end."""
        tied = sorted(tied, key=lambda place: ladder(self.rules, place, self.past))
        if len(tied) > 1:
            self.ties.append(tie(self.rules, tied, None, decisive, step, self.past))
        return tied

    def groups(self, places, key):
        """Places of equal keys together, the highest key first."""
        found = collections.defaultdict(list)
        for place in places:
            found[key(place)].append(place)
        return [found[value] for value in sorted(found, reverse=True)]

    def rank(self, key):
        for group in self.groups(self.all, key):
            self.order += self.settle(group)

    def line_up(self, places, key, step):
        return [place for group in self.groups(places, key) for place in self.settle(group, step, False)]

    def by_score(self, scores):
        self.scores = scores
        self.rank(lambda place: scores[place])

    def sums(self):
        """Support for each territory: 1 for a mark, points or marks, or the places of a ballot from below."""
        return [sum(support[place] * times for support, times in self.supports()) for place in self.all]

    def supports(self):
        for marks, times in self.papers:
            support = [0] * self.n
            for position, (place, value) in enumerate(marks):
                support[place] = {"approval": 1, "ranked": len(marks) - position}.get(self.rules.kind, value)
            yield support, times

    def bring_pairs(self):
        """How many ballots prefer one to another: rank it above the other or mark it higher, or name it and not the other."""
        over = [[0] * self.n for _ in self.all]
        for marks, times in self.papers:
            worth = {place: -position if value is None else value for position, (place, value) in enumerate(marks)}
            for place in worth:
                for other in self.all:
                    if other not in worth or worth[place] > worth[other]:
                        over[place][other] += times
        for place in self.all:
            over[place][place] = 0
        self.over, self.pairwise = over, {"candidates": self.n, "preferred": [number for row in over for number in row]}

    def strength(self, winner, loser, by):
        more, less = self.over[winner][loser], self.over[loser][winner]
        return 0 if more <= less else more - less if by == "margins" else more

    def undefeated(self, precedes):
        """Order by "precedes": first those whom nobody precedes, then those whom only these precede, and so on."""
        left = list(self.all)
        while left:
            place = [at for at in left if not any(precedes(other, at) for other in left)]
            self.order += self.settle(place)
            left = [at for at in left if at not in place]

    def finish(self, money):
        """Winners, standings and the outcome."""
        rules, ids = self.rules, [territory["id"] for territory in self.rules.territories]
        if self.chosen is None:
            why, spent = select(rules, self.order, self.scores)
        else:
            why, spent = self.why_not(money)
        won = [place for place in (self.order if self.chosen is None else self.chosen) if why[place] is None]
        for entry in self.ties:
            if "round" not in entry:
                entry["decisive"] = len({why[ids.index(name)] is None for name in entry["order"]}) == 2
        standings = []
        for rank, place in enumerate(self.order, 1):
            standing = {"id": ids[place], "rank": rank, "selected": why[place] is None, "votes": self.votes[place]}
            if self.scores is not None:
                score = fractions.Fraction(self.scores[place])
                standing["score"] = int(score) if score.denominator == 1 and 0 <= score < 2**64 else written(score)
            if why[place]:
                standing["why"] = why[place]
            standings.append(standing)
        outcome = {"rounds": [], "standings": standings, "ties": self.ties, "winners": [ids[place] for place in won]}
        if self.steps:
            outcome["steps"] = self.steps
        if self.pairwise:
            outcome["pairwise"] = self.pairwise
        return outcome if rules.winners == "top" else {**outcome, "spent": spent}

    def why_not(self, money):
        """Why each did not win that the method itself did not elect or buy."""
        if self.rules.winners == "top":
            return {place: None if place in self.chosen else "no-seat" for place in self.all}, 0
        spent = sum(money.costs[place] for place in self.chosen)
        why = {}
        for place in self.all:
            stops = self.rules.winning["overflow"] == "stop" and self.scores[place] > 0
            reason = "over-budget" if money.costs[place] > money.budget - spent else "after-stop" if stops else "no-support"
            reason = reason if self.rules.lets(place, self.chosen) else "barred"
            why[place] = None if place in self.chosen else reason if money.reaches(place) else "below-minimum"
        return why, spent

    # ---- marks

    def score_mean(self):
        self.means([votes for votes in self.votes])

    def score_mean_blanks_zero(self):
        self.means([self.naming] * self.n)

    def means(self, over):
        means = [fractions.Fraction(total, number) if number else None for total, number in zip(self.sums(), over)]
        self.scores = [mean or 0 for mean in means]
        self.rank(lambda place: -1 if means[place] is None else means[place])

    def majority_judgement(self):
        """Marks are counted by grade. The values of all territories are as long, and are cut where any of them changes: what is between two cuts is compared once."""
        marks = [collections.Counter() for _ in self.all]
        for ballot, times in self.papers:
            for place, mark in ballot:
                marks[place][mark] += times
        grades, ends = [], []  # each territory's grades, ascending, and how many of its marks are not above each
        for place in self.all:
            marks[place][0] += self.naming - self.votes[place]
            grades.append(sorted(mark for mark, times in marks[place].items() if times))
            ends.append(list(itertools.accumulate(marks[place][mark] for mark in grades[place])))
        mark_at = lambda place, index: grades[place][bisect.bisect_right(ends[place], index)]
        middle, is_odd = (self.naming - 1) // 2, self.naming % 2
        low, high = middle - is_odd, middle + 1  # after the middle of an odd number, a lower and a higher mark are taken out in turns
        turns = {turn for end in itertools.chain.from_iterable(ends) for turn in (low - end + 1, end - high)}
        turns = [turn for turn in sorted(turns | {0}) if 0 <= turn < self.naming // 2]
        values = [tuple([mark_at(place, middle)] if is_odd else []) + tuple(mark_at(place, at) for turn in turns for at in (low - turn, high + turn)) for place in self.all]
        self.scores = [value[0] if value else 0 for value in values]
        self.told("medians", grades=self.scores)
        self.rank(lambda place: values[place])

    def star(self):
        self.scores = sums = self.sums()
        for group in self.groups(self.all, lambda place: sums[place]):
            is_final = len(self.order) + len(group) <= 2
            self.order += group if is_final else self.settle(group)
        if self.n < 2:
            return
        pair, preferred = self.order[:2], [0, 0, 0]
        for marks, times in self.papers:
            first, second = (dict(marks).get(place, 0) for place in pair)
            preferred[0 if first > second else 1 if first < second else 2] += times
        self.told("finalists", equal=preferred[2], pair=pair, preferred=preferred[:2])
        keys = [(preferred[i], sums[pair[i]]) for i in (0, 1)]
        if keys[1] > keys[0]:
            self.order[:2] = pair[::-1]
        elif keys[0] == keys[1]:
            self.order[:2] = self.settle(pair)

    # ---- rankings

    def places(self, worth):
        scores = [0] * self.n
        for ranking, times in self.rankings:
            for position, place in enumerate(ranking):
                scores[place] += worth(position) * times
        self.by_score(scores)

    def borda_fixed(self):
        self.places(lambda position: self.n - position)

    def dowdall(self):
        self.places(lambda position: fractions.Fraction(1, position + 1))

    def bucklin(self):
        votes, reached = [0] * self.n, [None] * self.n
        for position in range(max((len(ranking) for ranking, _ in self.rankings), default=0)):
            decided = any(reached)
            for ranking, times in self.rankings:
                if position < len(ranking):
                    votes[ranking[position]] += times
            for place in self.all:
                if not reached[place] and votes[place] > self.naming // 2:
                    reached[place] = (position + 1, votes[place])
            if not decided:
                self.told("counted", exhausted=written(self.blank), quota=written(self.naming // 2 + 1), round=position + 1, votes=[written(v) for v in votes])
        standing = [reached[place] or (2**32, votes[place]) for place in self.all]
        self.scores = [number for _, number in standing]
        self.rank(lambda place: (-standing[place][0], standing[place][1]))

    def coombs(self):
        left, best, worst = set(self.all), [], []
        self.scores = [0] * self.n
        for step in range(1, self.n + 1):
            first, last, supporting = [0] * self.n, [fractions.Fraction(0)] * self.n, 0
            for ranking, times in self.rankings:
                kept = [place for place in ranking if place in left]
                if kept:
                    supporting += times
                    first[kept[0]] += times
                    lowest = left - set(kept) or {kept[-1]}
                    for place in lowest:
                        last[place] += fractions.Fraction(times, len(lowest))
            told = len(self.steps)
            filled = len(best) >= self.seats
            self.told("counted", exhausted=written(self.ballots - supporting), round=step, votes=[written(v) for v in first])
            majority = [place for place in sorted(left) if first[place] > supporting // 2 or len(left) == 1]
            if majority:
                leaving = majority[0]
                best.append(leaving)
                self.told("elected", candidates=[leaving], round=step)
            else:
                most = max(last[place] for place in left)
                leaving = self.settle([place for place in left if last[place] == most], step)[-1]
                worst.append(leaving)
                self.told("last-places", round=step, votes=[written(v) for v in last])
                self.told("eliminated", candidates=[leaving], round=step)
            if filled:
                del self.steps[told:]
            left.remove(leaving)
            self.past.append(first)
            self.scores[leaving] = first[leaving]
        self.order = best + worst[::-1]

    def instant_runoff_batches(self):
        left, out, step = set(self.all), [], 0
        self.scores = [0] * self.n
        # A paper is held by somebody: [ranking, position of who holds it, times]
        held = [[ranking, 0, times] for ranking, times in self.rankings if ranking]
        exhausted = self.blank
        while left:
            step += 1
            totals = [0] * self.n
            for ranking, position, times in held:
                totals[ranking[position]] += times
            self.told("counted", exhausted=written(exhausted), round=step, votes=[written(v) for v in totals])
            rising = sorted(left, key=lambda place: (totals[place], place))
            lengths = range(len(rising) - self.seats, 1, -1)
            hopeless = next((k for k in lengths if sum(totals[p] for p in rising[:k]) < totals[rising[k]]), None)
            if hopeless:
                leaving = self.line_up(sorted(rising[:hopeless]), lambda place: totals[place], step)[::-1]
            else:
                leaving = [self.settle([p for p in rising if totals[p] == totals[rising[0]]], step)[-1]]
            left -= set(leaving)
            self.past.append(totals)
            for place in leaving:
                self.scores[place] = totals[place]
            out += leaving
            if not left:
                self.told("elected", candidates=leaving, round=step)
                break
            self.told("eliminated", candidates=leaving, round=step)
            for place in leaving:
                to, lost, staying = [0] * self.n, 0, []
                for paper in held:
                    ranking, position, times = paper
                    if ranking[position] == place:
                        position = next((k for k in range(position + 1, len(ranking)) if ranking[k] in left), None)
                        if position is None:
                            lost += times
                            continue
                        to[ranking[position]] += times
                        paper[1] = position
                    staying.append(paper)
                held, exhausted = staying, exhausted + lost
                self.moved(place, to, lost, step)
        self.order = out[::-1]

    def moved(self, place, to, lost, step):
        self.told("transferred", **{"from": place, "lost": written(lost), "round": step, "to": [[at, written(v)] for at, v in enumerate(to) if v]})

    # ---- pairs

    def copeland(self):
        self.bring_pairs()
        point = lambda a, b: 1 + (self.over[a][b] > self.over[b][a]) - (self.over[a][b] < self.over[b][a])
        self.by_score([fractions.Fraction(sum(point(place, other) for other in self.all if other != place), 2) for place in self.all])

    def minimax(self, by="winning-votes"):
        self.bring_pairs()
        self.scores = [max(self.strength(other, place, by) for other in self.all) for place in self.all]
        self.rank(lambda place: -self.scores[place])

    def ranked_pairs(self, by="margins"):
        self.bring_pairs()
        before = [set() for _ in self.all]  # who comes after each, directly or through others
        won = [(self.strength(a, b, by), a, b) for a in self.all for b in self.all if self.strength(a, b, by)]

        def keep(before, winner, loser):
            if winner in before[loser]:
                return False
            for place in self.all:
                if place == winner or winner in before[place]:
                    before[place] |= before[loser] | {loser}
            return True

        for strength in sorted({victory[0] for victory in won}, reverse=True):
            equal = [(a, b) for s, a, b in won if s == strength]
            trial = [set(after) for after in before]
            if len(equal) > 1 and not all([keep(trial, *victory) for victory in equal]):
                involved = self.settle({place for victory in equal for place in victory})
                equal.sort(key=lambda victory: [involved.index(place) for place in victory])
            for winner, loser in equal:
                name = "locked" if keep(before, winner, loser) else "skipped"
                if self.n <= 64:
                    self.told(name, loser=loser, strength=strength, winner=winner)
        self.undefeated(lambda a, b: b in before[a])

    def schulze(self, by="winning-votes"):
        self.bring_pairs()
        path = [[self.strength(a, b, by) for b in self.all] for a in self.all]
        for via in self.all:
            for a in self.all:
                for b in self.all:
                    if len({via, a, b}) == 3:
                        path[a][b] = max(path[a][b], min(path[a][via], path[via][b]))
        self.told("paths", by=by, rows=path)
        self.undefeated(lambda a, b: path[a][b] > path[b][a])

    def kemeny(self):
        self.bring_pairs()
        against = lambda first, rest: sum(self.over[other][first] for other in rest)
        least = {frozenset(): 0}
        for bits in range(1, 2**self.n):
            group = frozenset(place for place in self.all if bits >> place & 1)
            least[group] = min(least[group - {first}] + against(first, group - {first}) for first in group)
        best = lambda group: [first for first in sorted(group) if least[group] == least[group - {first}] + against(first, group - {first})]
        left = frozenset(self.all)
        self.told("optimal", distance=least[left], first=best(left))
        while left:
            self.order.append(self.settle(best(left))[0])
            left -= {self.order[-1]}

    # ---- transferable votes, in whole units of 10^-5 and of 10^-9

    def stv_scottish(self):
        unit, lost, step, out = 10**5, 0, 0, []
        left, elected = set(self.all), []
        piles = [[] for _ in self.all]  # [what is left of the ranking, times, worth of each]
        for ranking, times in self.rankings:
            if ranking:
                piles[ranking[0]].append((ranking[1:], times, unit))
        credit = [sum(times * worth for _, times, worth in pile) for pile in piles]
        quota = (self.naming // (self.seats + 1) + 1) * unit
        show = lambda units: written(fractions.Fraction(units, unit))

        def elect(places):
            if places:
                places = self.line_up(sorted(places), lambda place: credit[place], step)
                left.difference_update(places)
                elected.extend(places)
                self.told("elected", candidates=places, round=step)

        def pass_on(place, units, keeps, value):
            nonlocal lost
            to, pile, piles[place] = [0] * self.n, piles[place], []
            for rest, times, worth in pile:
                at = next((k for k, other in enumerate(rest) if other in left), None)
                if at is not None:
                    worth = value(worth)
                    to[rest[at]] += times * worth
                    piles[rest[at]].append((rest[at + 1:], times, worth))
            credit[place] = keeps
            for other in self.all:
                credit[other] += to[other]
            lost += units - sum(to)
            self.told("transferred", **{"from": place, "lost": show(units - sum(to)), "round": step, "to": [[at, show(v)] for at, v in enumerate(to) if v]})

        while True:
            step += 1
            self.told("counted", exhausted=show(lost), quota=show(quota), round=step, votes=[show(v) for v in credit])
            elect([place for place in left if credit[place] >= quota])
            vacancies = max(self.seats - len(elected), 0)
            if len(left) <= vacancies:
                elect(list(left))
                break
            if vacancies == 0:
                break
            begun = list(credit)
            most = max((credit[place] - quota for place in elected), default=0)
            if most > 0:
                place = self.settle([p for p in elected if credit[p] - quota == most], step)[0]
                total = credit[place]
                pass_on(place, most, quota, lambda worth: worth * most // total)
            else:
                fewest = min(credit[place] for place in left)
                place = self.settle([p for p in left if credit[p] == fewest], step)[-1]
                left.remove(place)
                out.append(place)
                self.told("eliminated", candidates=[place], round=step)
                pass_on(place, fewest, 0, lambda worth: worth)
            self.past.append(begun)
        self.order = elected + self.line_up(sorted(left), lambda place: credit[place], step) + out[::-1]
        self.scores, self.chosen = [fractions.Fraction(v, unit) for v in credit], elected

    def stv_meek(self):
        unit, step = 10**9, 1
        keep, hopeful, elected, out = [unit] * self.n, set(self.all), [], []
        up = lambda a, b: -(-a // b)
        show = lambda units: written(fractions.Fraction(units, unit))
        votes, quota = [0] * self.n, 0

        def distribute():
            nonlocal votes, quota
            votes = [0] * self.n
            for ranking, times in self.rankings:
                worth = unit
                for place in ranking:
                    part = min(worth, up(worth * keep[place], unit))
                    votes[place] += part * times
                    worth -= part
            quota = sum(votes) // (self.seats + 1) + 1

        def tell():
            self.told("counted", exhausted=show(self.naming * unit - sum(votes)), quota=show(quota), round=step, votes=[show(v) for v in votes])
            self.told("kept", factors=[show(v) for v in keep], round=step)

        def elect(places):
            places = self.line_up(sorted(places), lambda place: votes[place], step)
            hopeful.difference_update(places)
            elected.extend(places)
            self.told("elected", candidates=places, round=step)

        while len(elected) < self.seats < len(elected) + len(hopeful):
            before = None
            while True:
                distribute()
                reached = [place for place in hopeful if votes[place] >= quota]
                surplus = max(sum(votes[place] for place in elected) - quota * len(elected), 0)
                if reached or surplus < 1000 or before is not None and surplus >= before:
                    break
                before = surplus
                for place in elected:
                    keep[place] = up(up(keep[place] * quota, unit) * unit, max(votes[place], 1))
            tell()
            if reached:
                elect(reached)
            else:
                fewest = min(votes[place] for place in hopeful)
                place = self.settle([p for p in hopeful if votes[p] <= fewest + surplus], step)[-1]
                hopeful.remove(place)
                keep[place] = 0
                out.append(place)
                self.told("eliminated", candidates=[place], round=step)
            self.past.append(votes)
            step += 1
        if len(elected) < self.seats and hopeful:
            if step == 1:
                distribute()
                tell()
            elect(hopeful)
        self.order = elected + self.line_up(sorted(hopeful), lambda place: votes[place], step) + out[::-1]
        self.scores, self.chosen = [fractions.Fraction(v, unit) for v in votes], elected

    # ---- money

    def bought(self, winners):
        """The winners as they were bought, and the others by score."""
        others = sorted(set(self.all) - set(winners), key=lambda place: [-self.scores[place], *ladder(self.rules, place)])
        self.order, self.chosen = winners + others, winners

    def greedy(self, money):
        self.by_score(self.sums())
        why, _ = select(self.rules, self.order, self.scores)
        for place in self.order:
            if why[place] is None:
                self.told("purchased", candidate=place, cost=money.costs[place])

    def knapsack(self, money):
        self.scores = self.sums()
        by_ladder = sorted(self.all, key=lambda place: ladder(self.rules, place))
        possible = [place for place in by_ladder if self.scores[place] > 0 and money.reaches(place)]
        found = [(0, 0, ())]  # (score, -cost, a sign for each so far: 1 is taken)
        taken = lambda signs: [at for at, sign in zip(possible, signs) if sign]
        for place in possible:
            without = [(score, cost, signs + (0,)) for score, cost, signs in found]
            more = [choice for choice in without if money.costs[place] - choice[1] <= money.budget and (not self.rules.joint or self.rules.lets(place, taken(choice[2])))]
            found = without + [(score + self.scores[place], cost - money.costs[place], signs[:-1] + (1,)) for score, cost, signs in more]
        signs = max(found)[2]
        winners = sorted((place for place, sign in zip(possible, signs) if sign), key=lambda place: -self.scores[place])
        for place in winners:
            self.told("purchased", candidate=place, cost=money.costs[place])
        self.bought(winners)

    def phragmen(self, money):
        self.scores, supports = self.sums(), list(self.supports())
        loads, winners, left = [fractions.Fraction(0)] * len(supports), [], money.budget
        sale = [place for place in self.all if self.scores[place] > 0 and money.reaches(place) and money.costs[place] <= money.budget]
        after = lambda place: (money.costs[place] + sum(load * times for load, (support, times) in zip(loads, supports) if support[place])) / fractions.Fraction(self.scores[place])
        while sale := [place for place in sale if self.rules.lets(place, winners)]:
            load = {place: after(place) for place in sale}
            lightest = [place for place in sale if load[place] == min(load.values())]
            dear = [place for place in lightest if money.costs[place] > left]
            if dear and self.rules.winning["overflow"] == "stop":
                break
            sale = [place for place in sale if place not in dear]
            tied = self.settle([place for place in lightest if place not in dear], len(winners) + 1)
            if not tied:
                continue
            place = tied[0]
            price = fractions.Fraction(load[place] * 10**4 // 1, 10**6)
            self.told("purchased", candidate=place, cost=money.costs[place], price=written(price), supporters=self.scores[place])
            left -= money.costs[place]
            winners.append(place)
            sale.remove(place)
            loads = [load[place] if support[place] else carried for carried, (support, _) in zip(loads, supports)]
        self.bought(winners)

    def equal_shares(self, money, by_cost=True, completion=""):
        self.scores, supports = self.sums(), list(self.supports())
        worth = money.costs if by_cost else [1] * self.n
        backers = [[(voter, support[place], times) for voter, (support, times) in enumerate(supports) if support[place]] for place in self.all]

        def run(raises):
            """What is bought after so many raises: (winners, steps, ties), or None when that exceeds the budget."""
            self.steps, self.ties = [], []
            share = fractions.Fraction(money.budget, self.ballots) + 100 * raises if self.ballots else fractions.Fraction(0)
            unit, purses, winners = share.denominator, [share.numerator] * len(supports), []  # purses are whole numbers of 1 / unit
            # Purses only shrink, so what a point cost before is the least that it costs now: most prices need not be found again.
            points = {place: fractions.Fraction(0) for place in self.all if self.scores[place] > 0 and money.reaches(place)}

            def price_of(place):
                """What a point must cost so that all supporters together pay: who has less gives all. None if they cannot."""
                point = points[place]
                while True:
                    poor, rich, bars = 0, 0, {}
                    for voter, units, times in backers[place]:
                        if units not in bars:  # the least purse that pays in full
                            bars[units] = -(-point.numerator * units * unit // point.denominator)
                        if purses[voter] < bars[units]:
                            poor += purses[voter] * times
                        else:
                            rich += units * times
                    if not rich:
                        return None
                    higher = fractions.Fraction(money.costs[place] * unit - poor, unit * rich)
                    if higher <= point:
                        return point
                    point = higher

            while True:
                points = {place: point for place, point in points.items() if self.rules.lets(place, winners)}
                rate, best = {}, None
                for place in sorted(points, key=lambda place: points[place] / worth[place]):
                    if best is not None and points[place] / worth[place] > best:
                        break
                    point = price_of(place)
                    if point is None:
                        del points[place]
                        continue
                    points[place], rate[place] = point, point / worth[place]
                    best = rate[place] if best is None else min(best, rate[place])
                if not rate:
                    return winners, self.steps, self.ties
                place = self.settle([p for p in rate if rate[p] == best], len(winners) + 1)[0]
                winners.append(place)
                if sum(money.costs[p] for p in winners) > money.budget:
                    return None
                point, entry = points.pop(place), {"candidate": place, "cost": money.costs[place]}
                if all(units == 1 for _, units, _ in backers[place]):
                    entry["price"] = written(fractions.Fraction(point // 1, 100))
                entry["supporters"] = sum(times for voter, _, times in backers[place] if purses[voter] > 0)
                self.told("purchased", **entry)
                finer = point.denominator // math.gcd(unit, point.denominator)
                unit *= finer
                purses = [purse * finer for purse in purses]
                paid = point.numerator * (unit // point.denominator)
                for voter, units, _ in backers[place]:
                    purses[voter] = max(purses[voter] - paid * units, 0)

        def fits(winners):
            rest = money.budget - sum(money.costs[place] for place in winners)
            return any(self.scores[p] > 0 and money.reaches(p) and p not in winners and money.costs[p] <= rest and self.rules.lets(p, winners) for p in self.all)

        kept, raises = run(0), 0
        most = min(MOST_RAISES, MOST_MARKS_READ // max(sum(self.votes), 1))
        while completion in ("add1", "add1u") and sum(self.votes) and raises < most and fits(kept[0]):
            raises += 1
            more = run(raises)
            if not more:
                break
            kept = more
        winners, self.steps, self.ties = kept
        if completion in ("add1u", "greedy"):
            self.fill(money, winners, lambda place: fractions.Fraction(self.scores[place] * worth[place], money.costs[place]))
        self.bought(winners)

    def fill(self, money, winners, key):
        """Buys what still fits, the most satisfaction for the money first."""
        left = money.budget - sum(money.costs[place] for place in winners)
        for group in self.groups([place for place in self.all if place not in winners and money.reaches(place)], key):
            if any(money.costs[p] <= left for p in group) and (sum(money.costs[p] for p in group) > left or self.rules.joint):
                group = self.settle(group, len(winners) + 1)
            for place in group:
                if money.costs[place] <= left and self.rules.lets(place, winners):
                    left -= money.costs[place]
                    winners.append(place)
                    self.told("purchased", candidate=place, cost=money.costs[place])


class Money:
    """Budget, costs, and the least score of a winner."""

    def __init__(self, rules, count):
        self.costs, self.budget = [territory["cost"] for territory in rules.territories], rules.winning.get("budget")
        minimum = rules.winning["minimum"]
        self.reaches = lambda place: minimum is None or count.scores[place] >= minimum


def count(rules, choices, seed=None):
    """The outcome of opened ballots, as `tallied` must name it. `seed` is for rules that draw lots."""
    rules.seed = seed
    if sum(type(choice) is list for choice in choices) < rules.needed:
        outcome = void(rules, choices)
    else:
        outcome = count_told(rules, choices) if rules.method not in ADDING else count_adding(rules, choices)
    return {**outcome, "seed": seed.hex()} if "lots" in rules.ties else outcome


def void(rules, choices):
    """Too few voted: nothing is counted."""
    reasons = collections.Counter(choice for choice in choices if type(choice) is str)
    outcome = {"ballots": len(choices), "blank": choices.count([]), "invalid": dict(reasons), "needed": rules.needed}
    return {**outcome, "rounds": [], "standings": [], "ties": [], "winners": []}


def count_told(rules, choices):
    """The outcome under a method that is counted from the ballots themselves."""
    valid = [choice for choice in choices if type(choice) is list]
    method, found = rules.method, Count(rules, valid)
    money = Money(rules, found)
    if method == "choose-one":
        found.by_score(found.votes)
    elif method in SHARES:
        rest = method.removeprefix("equal-shares").removeprefix("-units")
        found.equal_shares(money, "-units" not in method, rest.removeprefix("-"))
    elif method in BUYING:
        getattr(found, method)(money)
    elif method.endswith(("-margins", "-winning-votes")):
        name, by = re.fullmatch("(.+)-(margins|winning-votes)", method).groups()
        getattr(found, name.replace("-", "_"))(by)
    else:
        getattr(found, method.replace("-", "_"))()
    return {
        "ballots": len(choices), "blank": found.blank,
        "invalid": dict(collections.Counter(choice for choice in choices if type(choice) is str)), **found.finish(money),
    }


def count_adding(rules, choices):
    """The outcome under a method that adds up."""
    valid = [choice for choice in choices if type(choice) is list]
    places = range(len(rules.territories))
    given = {place: collections.Counter() for place in places}  # value (for ranked: points of borda) → how often
    for marks in valid:
        for position, (place, value) in enumerate(marks):
            given[place][len(marks) - position if rules.kind == "ranked" else value or 0] += 1
    votes = {place: sum(given[place].values()) for place in places}
    steps, ties = [], []
    if rules.method == "instant-runoff":
        ranked, scores, steps, ties = runoff(rules, valid)
    else:
        total = lambda place: sum(value * times for value, times in given[place].items())
        scores = {place: votes[place] if rules.method == "approval" else total(place) for place in places}
        ranked = sorted(places, key=lambda place: [-scores[place], *ladder(rules, place)])
    why, spent = select(rules, ranked, scores)
    standings = []
    for rank, place in enumerate(ranked, 1):
        standing = {"id": rules.territories[place]["id"], "rank": rank, "score": scores[place], "selected": why[place] is None, "votes": votes[place]}
        if why[place]:
            standing["why"] = why[place]
        if rules.method == "score" and votes[place]:
            marks = sorted(given[place].elements())
            middle = marks[(len(marks) - 1) // 2] + marks[len(marks) // 2]
            standing["mean"] = fraction(fractions.Fraction(scores[place], votes[place]))
            standing["median"] = fraction(fractions.Fraction(middle, 2))
        standings.append(standing)
    if rules.method != "instant-runoff":
        groups = collections.defaultdict(list)
        for place in ranked:
            groups[scores[place]].append(place)
        for score, group in groups.items():
            if len(group) > 1:
                ties.append(tie(rules, group, score, len({why[place] is None for place in group}) == 2))
    outcome = {
        "ballots": len(choices), "blank": sum(not marks for marks in valid),
        "invalid": dict(collections.Counter(choice for choice in choices if type(choice) is str)),
        "rounds": steps, "standings": standings, "ties": ties,
        "winners": [rules.territories[place]["id"] for place in ranked if why[place] is None],
    }
    return outcome if rules.winners == "top" else {**outcome, "spent": spent}


def difference(a, b, place="outcome"):
    """Where two JSON values first differ, in words."""
    if type(a) is type(b) is dict:
        for name in sorted(set(a) | set(b)):
            if a.get(name) != b.get(name):
                return difference(a.get(name), b.get(name), f"{place}.{name}")
    if type(a) is type(b) is list and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            if x != y:
                return difference(x, y, f"{place}[{i}]")
    return f"{place}: the log says {json.dumps(a, ensure_ascii=False)}, counting again gives {json.dumps(b, ensure_ascii=False)}"


# ------------------------------------------------------------------------------------------------ § 10: the checks of a bundle


CHECKS = {
    "files": "files match SHA256SUMS", "lines": "lines are canonical and chained", "acts": "every act was allowed",
    "ballots": "ballots are signed, one of each version", "checkpoint": "checkpoint commits to the lines",
    "witnesses": "witnesses signed the checkpoint", "register": "register matches the log; ballots ≤ credentials ≤ roll",
    "recount": "recount gives the outcome", "certificate": "certificate is signed", "result": "keys.json and result.json match the log",
}
HEADS = "the log had the heads that you kept"  # a check that is there where a head is given
SMALL_FILE = 16 << 20  # bytes: the longest line, and the longest keys.json and result.json
MOST_UNPACKED = 16 << 30  # bytes of an archive
ALWAYS = {"README.md", "checkpoint", "keys.json", "log.jsonl", "register.txt"}
SUMS = "SHA256SUMS"


LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # § 12
SEPARATORS = re.compile("[\\s\u00b7\u2212\u2010-\u2015\u00ad\u200b\ufeff-]")


def head_code(body, size):
    """§ 15: the 40 letters of a head."""
    number, letters = int.from_bytes(sha256(b"veche/head/v1\0" + body.encode()), "big"), ""
    for _ in range(2):
        row = []
        for _ in range(18):
            number, letter = divmod(number, 23)
            row.append(letter)
        total, weighted = size % 23 + sum(row), sum(place * letter for place, letter in enumerate(row, 1))
        # Σ cᵢ ≡ 0 and Σ i·cᵢ ≡ 0 with c₁₉ and c₂₀ unknown: 19·c₁₉ + 20·c₂₀ ≡ −weighted, c₁₉ + c₂₀ ≡ −total.
        last = (19 * total - weighted) % 23
        letters += "".join(LETTERS[value] for value in row + [(-total - last) % 23, last])
    return letters


class Head:
    """A head that somebody kept: its code, or the signed note in a file of this name."""

    def __init__(self, text):
        self.note = None
        if os.path.isfile(text):
            with regular(text, text) as file:
                data = file.read((1 << 20) + 1)
            if b"\n\n" in data:
                self.note = data
                size = read_note(data)[0].split("\n")[1:2]
                need(size and re.fullmatch("0|[1-9][0-9]{0,19}", size[0]), "not the note of a head")
                self.size = int(size[0])
                return
            text = data.decode("utf-8", "replace")
        typed = SEPARATORS.sub("", text).upper().translate(str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX"))
        match = re.fullmatch(f"(0|[1-9][0-9]{{0,19}})([{LETTERS}]{{40}})", typed)
        need(match, "neither a file nor the code of a head: a number of lines and 40 letters")
        self.size, self.letters = int(match[1]), match[2]
        for row in (self.letters[:20], self.letters[20:]):
            values = [self.size % 23] + [LETTERS.index(letter) for letter in row]
            need(sum(values) % 23 == 0 and sum(place * value for place, value in enumerate(values)) % 23 == 0, "the code is mistyped: its check letters do not fit")

    def compare(self, rules, root):
        body = f"{rules.field['origin']}\n{self.size}\n{base64.b64encode(root).decode()}\n"
        if self.note:
            try:
                signed = read_checkpoint(self.note, rules.log_key)[2]
            except Fault as fault:
                raise Fault(f"the head that was kept is not one of this log's key: {fault.reason}") from None
            need(signed == body, "the head that was kept has another root than these lines")
        else:
            need(head_code(body, self.size) == self.letters, f"the head on paper is not that of these lines, {head_code(body, self.size)}")


class Report:
    def __init__(self, heads=False):
        names = [name for check in CHECKS for name in ([check, "heads"] if check == "checkpoint" and heads else [check])]
        self.checks = {name: {"items": 0, "name": name, "reached": False} for name in names}
        self.facts = {}

    def done(self, name, items):
        self.checks[name].update(items=items, reached=True)

    def failed(self, name, fault, items=None):
        check = self.checks[name]
        check["reached"] = True
        if items is not None:
            check["items"] = items
        failure = {"file": fault.file, "line": fault.line, "reason": fault.reason}
        check.setdefault("failure", {k: v for k, v in failure.items() if v is not None})

    def verified(self):
        return all(check["reached"] and "failure" not in check for check in self.checks.values())


class Verifier:
    """Every check, in the order in which it can be made; the reading of the log is one pass."""

    def __init__(self, folder, log_key=None, processes=None, heads=()):
        self.folder, self.asked_log_key, self.heads = folder, log_key, heads
        self.processes = processes or os.cpu_count() or 1
        self.report, self.round, self.tree = Report(bool(heads)), Round(), Tree()
        self.roots = {head.size: None for head in heads}
        self.counting = {}  # credential → (version, ballot) of the highest version
        self.versions, self.acts, self.closed = set(), 0, None

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name, most=SMALL_FILE):
        try:
            with regular(self.path(name), name) as file:
                data = file.read(most + 1)
        except OSError as error:
            raise Fault(f"cannot be read: {error.strerror}", name) from None
        if len(data) > most:
            raise Fault(f"longer than {most} bytes", name)
        return data

    def check(self, name, function):
        try:
            self.report.done(name, function())
        except Fault as fault:
            self.report.failed(name, fault)

    def run(self):
        self.check("files", self.check_files)
        self.read_log()
        if self.round.rules is None:
            return self.report
        self.check("checkpoint", self.check_checkpoint)
        if self.heads:
            self.check("heads", self.check_heads)
        self.check("witnesses", self.check_witnesses)
        self.check("register", self.check_register)
        self.check("recount", self.check_recount)
        self.check("certificate", self.check_certificate)
        self.check("result", self.check_result)
        self.tell_facts()
        return self.report

    def check_files(self):
        """§ 10: SHA256SUMS lists every other file, sorted, with its hash; nothing is missing and nothing is extra."""
        listed_hashes, before = {}, b""
        for number, line in enumerate(lines_of(self.path(SUMS), SUMS), 1):
            match = re.fullmatch(rb"([0-9a-f]{64})  ([A-Za-z0-9._-]+)", line)
            if not match or match[2] <= before:
                raise Fault("must be HEX, two spaces and a name, sorted, each once", SUMS, number)
            before = match[2]
            listed_hashes[match[2].decode()] = (match[1].decode(), number)
        there = set(os.listdir(self.folder))
        for name in sorted(there | set(listed_hashes) | ALWAYS):
            if name == SUMS:
                need(SUMS not in listed_hashes, f"{SUMS} lists itself")
                continue
            if name not in ALWAYS | {"result.json"}:
                raise Fault("does not belong to a bundle", name)
            if name not in there or name not in listed_hashes:
                raise Fault("is missing" if name not in there else f"is not in {SUMS}", name)
            if os.path.islink(self.path(name)) or not os.path.isfile(self.path(name)):
                raise Fault("is not a regular file", name)
            digest = hashlib.sha256()
            with regular(self.path(name), name) as file:
                for part in iter(lambda: file.read(1 << 20), b""):
                    digest.update(part)
            expected, number = listed_hashes[name]
            if digest.hexdigest() != expected:
                raise Fault(f"its SHA-256 is {digest.hexdigest()}, line {number} of {SUMS} says {expected}", name)
        return len(listed_hashes)

    def read_log(self):
        """§§ 1, 2, 4: one pass; the ballots' signatures (§ 6) go to the processes as they come."""
        workers, faults, many = None, [], os.path.exists(self.path("log.jsonl")) and os.path.getsize(self.path("log.jsonl")) > 1 << 20
        passed = 0
        try:
            ballots = self.follow(faults)
            first = next(ballots, None)
            if self.round.rules and first:
                workers = Workers(self.round.rules, None, self.processes, many)
                chain = (item for part in ([first], ballots) for item in part)
                for problem in workers.map(check_some, chain):
                    if problem and "failure" not in self.report.checks["ballots"]:
                        self.report.failed("ballots", Fault(problem[1], "log.jsonl", problem[0]))
            for name, fault in faults:
                self.report.failed(name, fault.at("log.jsonl"))
        finally:
            if workers:
                workers.close()
        self.report.done("lines", self.tree.size)
        if self.round.rules:
            self.report.done("acts", self.acts)
            self.report.done("ballots", len(self.versions))

    def follow(self, faults):
        """Yields (number of the line, ballot); what does not hold goes to `faults` and ends the reading."""
        previous, number, acts_end = ZERO, 0, False
        self.note_root()
        try:
            for number, line in enumerate(lines_of(self.path("log.jsonl"), "log.jsonl"), 1):
                try:
                    value = record({"event": lambda v, p: v, "index": U64, "previous": hash_hex})(read_json(line), "line")
                    need(value["index"] == number - 1, f"index: the line says {value['index']}, its place is {number - 1}")
                    need(value["previous"] == previous, f"previous: the line before has the hash {previous.hex()}")
                except Fault as fault:
                    faults.append(("lines", fault.at("log.jsonl", number)))
                    return
                previous = leaf_hash(leaf(line, {**value, "previous": value["previous"].hex()}))
                self.tree.add(previous)
                self.note_root()
                if not acts_end:
                    try:
                        name, _ = self.round.apply(value["event"], number, previous)
                        self.acts = number
                        if name == "voting-closed":
                            self.closed = self.tree.root()
                    except Fault as fault:  # what is wrong in one check does not end the others, as long as they make sense
                        faults.append(("acts", fault.at("log.jsonl", number)))
                        acts_end = True
                        if self.round.rules is None:
                            return
                name, fields = next(iter(value["event"].items()), ("", None)) if type(value["event"]) is dict else ("", None)
                if name == "ballot":
                    try:
                        ballot = EVENTS["ballot"](fields, "ballot")["envelope"]
                    except Fault:  # `acts` has said so
                        continue
                    self.note_ballot(ballot, number, faults)
                    yield number, ballot
        except Fault as fault:
            faults.append(("lines", fault.at("log.jsonl", number + 1)))
            return
        if self.round.rules is None:
            faults.append(("lines", Fault("there is no line")))
        elif self.round.in_batch and not acts_end:
            faults.append(("acts", Fault(f"{self.round.in_batch} ballots of the last batch are missing", "log.jsonl", number)))

    def note_root(self):
        if self.tree.size in self.roots:
            self.roots[self.tree.size] = self.tree.root()

    def note_ballot(self, data, number, faults):
        if len(data) != self.round.rules.ballot_length:
            return
        ballot = Ballot(data, self.round.rules.modulus)
        if (ballot.credential, ballot.version) in self.versions:
            faults.append(("ballots", Fault(f"this credential has cast version {ballot.version} before", "log.jsonl", number)))
        self.versions.add((ballot.credential, ballot.version))
        if self.counting.get(ballot.credential, (0,))[0] < ballot.version:
            self.counting[ballot.credential] = (ballot.version, data)

    def check_checkpoint(self):
        """§ 3: the signed head is of exactly these lines, by the log key of the rules (and by the one the auditor knew)."""
        rules = self.round.rules
        if self.asked_log_key and self.asked_log_key != rules.field["log_key"]:
            raise Fault(f"the rules name another log key: {rules.field['log_key']}", "log.jsonl", 1)
        try:
            size, root, self.note, self.note_signatures = read_checkpoint(self.read("checkpoint", 1 << 21), rules.log_key)
            need(size == self.tree.size, f"size: the checkpoint names {size} lines, log.jsonl has {self.tree.size}")
            need(root == self.tree.root(), f"root: the lines give {base64.b64encode(self.tree.root()).decode()}")
        except Fault as fault:
            raise fault.at("checkpoint") from None
        return size

    def check_heads(self):
        """§ 15: when the log was as long as a head that somebody kept, it had that head."""
        for head in self.heads:
            root = self.roots[head.size]
            if root is None:
                raise Fault(f"a head of {head.size} lines was seen, and this log has {self.tree.size}", "log.jsonl")
            try:
                head.compare(self.round.rules, root)
            except Fault as fault:
                raise fault.at("log.jsonl", head.size or None) from None
        return len(self.heads)

    def check_witnesses(self):
        """§§ 3, 5: as many of the rules' witnesses as their quorum signed the final checkpoint; without a policy none is asked for."""
        rules = self.round.rules
        policy = rules.field["witnesses"]
        if not policy:
            others = sum(signer != rules.log_key[0] for signer, *_ in getattr(self, "note_signatures", []))
            self.report.facts["witnesses"] = "none asked for" + (f"; other signatures, not checked: {others}" if others else "")
            return 0
        self.report.facts["witnesses"] = "?"
        signed = 0
        try:
            need(hasattr(self, "note"), "the checkpoint could not be read")
            for witness in rules.witnesses:
                signed += cosigned(self.note, self.note_signatures, witness)
            self.report.facts["witnesses"] = f"{signed} of {policy['quorum']}"
            need(signed >= policy["quorum"], f"witnesses: {signed} of {policy['quorum']}")
        except Fault as fault:
            raise fault.at("checkpoint") from None
        return signed

    def check_register(self):
        """§ 8."""
        steps, step, chain, digest, before, seen = self.round.steps, 0, ZERO, None, "", set()
        number = 0

        def finish():  # the step that is under way ends here
            nonlocal chain
            chain = digest.digest()
            if (number, chain) != steps[step - 1][:2]:
                raise Fault(f"step {step}: {number} lines and hash {chain.hex()}, the log says {steps[step - 1][0]} and {steps[step - 1][1].hex()}", "register.txt", number or None)

        def begin():
            nonlocal step, digest, before
            step, digest, before = step + 1, hashlib.sha256(chain), ""

        for line in lines_of(self.path("register.txt"), "register.txt"):
            match = re.fullmatch(r"([1-9][0-9]*) ([0-9a-f]{64})", line.decode("ascii", "replace"))
            place = ("register.txt", number + 1)
            if not match or len(match[1]) > 18 or not max(step, 1) <= int(match[1]) <= len(steps):
                raise Fault("must be STEP PSEUDONYM, by steps that the log has", *place)
            while step < int(match[1]):
                if step:
                    finish()
                begin()
            if match[2] <= before:
                raise Fault("the pseudonyms of a step must ascend", *place)
            if match[2] in seen:
                raise Fault("this pseudonym stands in a step before", *place)
            before = match[2]
            seen.add(before)
            digest.update(line + b"\n")
            number += 1
        if step:
            finish()
        while step < len(steps):
            begin()
            finish()
        used = len(self.counting)
        issued = steps[-1][0] if steps else 0
        need(used <= issued <= self.round.roll, f"{used} credentials cast ballots, {issued} were issued, {self.round.roll} people are on the roll")
        return number

    def check_recount(self):
        """§ 7: every ballot that counts is opened and counted again."""
        rules, outcome = self.round.rules, self.round.outcome
        if outcome is None and self.round.phase == "annulled":
            return 0
        if outcome is None:
            raise Fault(f"there is no count in the log: the round is {self.round.phase}", "log.jsonl")
        replaced = len(self.versions) - len(self.counting)
        need(replaced == self.round.replaced, f"replaced: the log says {self.round.replaced}, it is {replaced}")
        workers = Workers(rules, self.round.secret, self.processes, len(self.counting) > 2000)
        try:
            opened = workers.map(open_some, (data for _, data in self.counting.values()))
            choices = [read_choice(rules, choice) for some in opened for choice in some]
        finally:
            workers.close()
        again = count(rules, choices, seed_of(self.closed, self.round.secret))
        if again != outcome:
            raise Fault(difference(outcome, again), "log.jsonl")
        return len(choices)

    def check_certificate(self):
        """§ 9."""
        for member, (signature, number) in self.round.signatures.items():
            message = b"veche/certificate/v1\0" + self.round.rules.fingerprint + self.round.tallied_leaf
            if not ed25519_holds(self.round.rules.members[member], message, signature):
                raise Fault(f"the signature of {member} does not verify", "log.jsonl", number)
        if self.round.phase not in ("certified", "annulled"):
            raise Fault(f"{len(self.round.signatures)} of {self.round.rules.field['quorum']} signatures: not certified yet", "log.jsonl")
        return len(self.round.signatures)

    def check_result(self):
        """§ 10: keys.json and result.json repeat the log."""
        value, rules = self.round.rules.value, self.round.rules
        keys = {name: value[name] for name in ("acceptance_key", "commission", "issuer_key", "log_key", "sealing_key")}
        keys["fingerprint"] = rules.fingerprint.hex()
        if self.round.secret:
            keys["opening_key"] = base64.b64encode(self.round.secret).decode()
        expected = {"keys.json": canonical(keys) + b"\n"}
        if self.round.outcome is not None:
            expected["result.json"] = canonical(self.round.outcome) + b"\n"
        elif os.path.exists(self.path("result.json")):
            raise Fault("there is a result, but no count in the log", "result.json")
        for name, data in expected.items():
            found = self.read(name)
            if found != data:
                place = next((i for i, (a, b) in enumerate(zip(found, data)) if a != b), min(len(found), len(data)))
                raise Fault(f"byte {place + 1} is not what the log says", name, 1)
        return len(expected)

    def tell_facts(self):
        rules, round_ = self.round.rules, self.round
        self.report.facts.update(
            round=rules.field["slug"], title=rules.field["title"], fingerprint=rules.fingerprint.hex(), log_key=rules.field["log_key"],
            lines=str(self.tree.size), ballots=str(round_.ballots), credentials_used=str(len(self.counting)),
            credentials_issued=str(round_.steps[-1][0] if round_.steps else 0), roll=str(round_.roll), phase=round_.phase,
            signatures=f"{len(round_.signatures)} of {rules.field['quorum']} needed",
        )


def regular(path, name):
    """A file to read: a regular one, for a pipe would be waited for, and a link leads elsewhere."""
    opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise Fault("is not a regular file", name)
    return os.fdopen(opened, "rb")


def lines_of(path, name, longest=SMALL_FILE):
    """The lines of a file without their line ends; the last one must have one too."""
    try:
        with regular(path, name) as file:
            number = 0
            while line := file.readline(longest):
                number += 1
                if not line.endswith(b"\n"):
                    raise Fault("the line is too long" if len(line) == longest else "the line does not end: cut short?", name, number)
                yield line[:-1]
    except OSError as error:
        raise Fault(f"cannot be read: {error.strerror}", name) from None


# ------------------------------------------------------------------------------------------------ archives, output


def keep(stream, out):
    """Writes what is unpacked, unless it does not begin as a bundle does, or is too much."""
    first = stream.read(512)
    need(first.startswith(tuple(f"bundle/{name}\0".encode() for name in ALWAYS | {"result.json", SUMS})), "does not begin with a file of a bundle")
    out.write(first)
    left = MOST_UNPACKED
    while part := stream.read(1 << 20):
        left -= len(part)
        need(left >= 0, f"unpacks to more than {MOST_UNPACKED >> 30} GiB")
        out.write(part)


def unpack(archive, folder):
    """A bundle's .tar.zst into a folder: regular files `bundle/NAME` and nothing else, each once. That it is one frame is not checked."""
    packed = os.path.join(folder, "tar")
    with open(packed, "wb") as out:
        try:
            from compression import zstd  # Python 3.14
            with zstd.open(archive) as stream:
                keep(stream, out)
        except ImportError:
            try:
                with subprocess.Popen(["zstd", "-dcq", "--", os.path.abspath(archive)], stdout=subprocess.PIPE) as done:
                    try:
                        keep(done.stdout, out)
                    except Fault:
                        done.kill()
                        raise
            except FileNotFoundError:
                raise SystemExit("verify.py: reading .tar.zst needs Python 3.14 or the command zstd; unpack it yourself and name the folder")
            need(done.returncode == 0, "not a whole Zstandard file")
    end, bundle = 0, os.path.join(folder, "bundle")
    os.mkdir(bundle)
    with tarfile.open(packed, "r:") as tar:
        for member in tar:
            name = member.name[len("bundle/"):]
            need(member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and member.name == "bundle/" + name and name in ALWAYS | {"result.json", SUMS}, f"{member.name[:100]!r} does not belong into a bundle")
            need(member.offset == end and member.offset_data == end + 512, f"{name}: an extension stands before it")
            end = member.offset_data + (member.size + 511) // 512 * 512
            need(end <= os.path.getsize(packed), f"{name}: is cut short")
            with open(os.path.join(bundle, name), "xb") as file:  # x: a second file of the name is an error
                shutil.copyfileobj(tar.extractfile(member), file)
    with open(packed, "rb") as file:
        file.seek(end)
        need(file.read(1025) == bytes(1024), "after the last file must stand two blocks of zeros and nothing more")
    os.remove(packed)
    return bundle


def printable(words):
    """A stranger's words without what steers a terminal or the direction of writing."""
    return "".join("\ufffd" if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") else letter for letter in str(words))


def show(report, as_json, seconds):
    if as_json:
        print(canonical({"report": {"checks": list(report.checks.values()), "facts": report.facts}, "verified": report.verified()}).decode())
        return
    for name, fact in sorted(report.facts.items()):
        print(f"{name:>20}  {printable(fact)}")
    print()
    for name, check in report.checks.items():
        state = "FAILED" if "failure" in check else "ok" if check["reached"] else "not reached"
        print(f"{state:<11} {check['items']:>9}  {name}: {CHECKS.get(name, HEADS)}")
        if "failure" in check:
            failure = check["failure"]
            line = f", line {failure['line']}" if "line" in failure else ""
            print(f"{'':23}→ {printable(failure.get('file', 'the bundle'))}{line}: {printable(failure['reason'])}")
    ballots = report.checks["ballots"]["items"]
    print(f"\n{ballots} ballots in {seconds:.1f} s, {ballots / max(seconds, 1e-9):.0f} a second")
    print("VERIFIED: everything holds." if report.verified() else "NOT VERIFIED.")


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Rechecks the bundle of a Veche round.")
    parser.add_argument("bundle", help="folder, or the same as .tar.zst")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--log-key", metavar="VKEY", help="the log's verifier key as published before the voting")
    parser.add_argument("--head", metavar="HEAD", action="append", default=[], help="a head of the log that was kept: its code, or a file with the signed checkpoint")
    parser.add_argument("--processes", type=int, metavar="N", help="how many processes; all cores without it")
    options = parser.parse_args(arguments)
    try:
        heads = [Head(text) for text in options.head]
    except (Fault, OSError) as fault:
        print(f"verify.py: --head: {fault}", file=sys.stderr)
        return 2
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.bundle
        if os.path.isfile(folder):
            try:
                folder = unpack(folder, temporary)
            except (Fault, tarfile.TarError, OSError, EOFError, ValueError) as error:
                report, fault = Report(), error if isinstance(error, Fault) else Fault(f"not a whole .tar.zst: {error}")
                report.failed("files", fault.at(os.path.basename(folder)))
                show(report, options.json, time.monotonic() - begun)
                return 1
        elif not os.path.isdir(folder):
            print(f"verify.py: {folder}: there is no such folder or file", file=sys.stderr)
            return 2
        report = Verifier(folder, options.log_key, options.processes, heads).run()
    show(report, options.json, time.monotonic() - begun)
    return 0 if report.verified() else 1


if __name__ == "__main__":
    sys.exit(main())
