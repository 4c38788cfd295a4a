"""Rounds made in Python from docs/protocol.md, with every secret key at hand: honest ones of all kinds, and forged ones that are
chained, counted, certified and signed again after the change, so that nothing but the rule in question can catch them."""

import base64
import copy
import hashlib
import os
import struct
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs"))
sys.dont_write_bytecode = True
import verify  # noqa: E402

RAW = serialization.Encoding.Raw, serialization.PublicFormat.Raw
DER = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
POINT = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
HOUR = 3600
OPENS = 1_800_000_000
CLOSES = OPENS + 100 * HOUR


def b64(data):
    return base64.b64encode(data).decode()


def ed25519_secret(name):
    return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def public(secret):
    return secret.public_key().public_bytes(*RAW)


class Keys:
    """The secrets of everybody in a round; made once, because RSA keys take their time."""

    def __init__(self):
        self.issuer = rsa.generate_private_key(65537, 2048)
        self.opening = 5  # small, so that the same key plus the group's order fits into 32 bytes too
        self.sealing = ec.derive_private_key(self.opening, ec.SECP256R1()).public_key().public_bytes(*POINT)
        self.log, self.acceptance = ed25519_secret("log"), ed25519_secret("acceptance")
        self.members = {name: ed25519_secret(name) for name in ("member-1", "member-2", "member-3")}

    def credential(self, number):
        return ed25519_secret(f"credential {number}")


def vkey(origin, secret, kind=1):
    data = bytes([kind]) + public(secret)
    return f"{origin}+{key_id(origin, data).hex()}+{b64(data)}"


def key_id(origin, data):
    return hashlib.sha256(origin.encode() + bytes([10]) + data).digest()[:4]


def sign_note(origin, secret, text):
    return f"{text}\n— {origin} {b64(key_id(origin, bytes([1]) + public(secret)) + secret.sign(text.encode()))}\n".encode()


class Cast:
    """A ballot that is made when the rules are known. `edit` may change its parts, `bytes_edit` the whole."""

    def __init__(self, voter, marks, version=1, **edits):
        self.voter, self.marks, self.version, self.edits = voter, marks, version, edits

    def envelope(self, rules, keys):
        edit = lambda name, value: self.edits[name](value) if callable(self.edits.get(name)) else self.edits.get(name, value)
        secret = keys.credential(self.voter)
        credential = edit("credential", public(secret))
        fingerprint = edit("fingerprint", rules.fingerprint)
        message = edit("label", b"veche/credential/v1\0") + rules.fingerprint + credential
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=edit("salt", 48))
        issuer = edit("issuer", keys.issuer)
        issued = issuer.sign(message, pss, edit("hash", hashes.SHA384()))
        if "plus_modulus" in self.edits:  # the same number again, where the bytes have room for it; the salt is drawn until they do
            modulus, most = issuer.public_key().public_numbers().n, 1 << 8 * len(issued)
            while int.from_bytes(issued, "big") + modulus >= most:
                issued = issuer.sign(message, pss, hashes.SHA384())
            issued = (int.from_bytes(issued, "big") + modulus).to_bytes(len(issued), "big")
        issued = edit("issued", issued)
        version = edit("version", self.version)
        sealed = edit("sealed", self.seal(rules, keys, credential, version))
        body = bytes([edit("format", 1)]) + fingerprint + credential + issued + struct.pack(">I", version) + sealed
        signature = edit("signature", edit("signer", secret).sign(edit("ballot_label", b"veche/ballot/v1\0") + body))
        return edit("whole", body + signature)

    def seal(self, rules, keys, credential, version):
        """HPKE to the sealing key, with a sender's key that follows from voter and version."""
        choice = self.marks if type(self.marks) is bytes else encode(rules, self.marks)
        seed = hashlib.sha256(f"sender {self.voter} {version}".encode()).digest()
        sender = ec.derive_private_key(int.from_bytes(seed, "big") >> 1, ec.SECP256R1())
        encapsulated = sender.public_key().public_bytes(*POINT)
        receiver = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), keys.sealing)
        shared = verify.extract(verify.KEM_SUITE, b"", b"eae_prk", sender.exchange(ec.ECDH(), receiver))
        shared = verify.expand(verify.KEM_SUITE, shared, b"shared_secret", encapsulated + keys.sealing, 32)
        info = b"veche/seal/v1\0" + rules.fingerprint
        suite = verify.HPKE_SUITE
        context = b"\0" + verify.extract(suite, b"", b"psk_id_hash", b"") + verify.extract(suite, b"", b"info_hash", info)
        secret = verify.extract(suite, shared, b"secret", b"")
        key = verify.expand(suite, secret, b"key", context, 16)
        nonce = verify.expand(suite, secret, b"base_nonce", context, 12)
        return encapsulated + AESGCM(key).encrypt(nonce, choice, credential + struct.pack(">I", version))


def encode(rules, marks):
    """The choice's bytes (§ 6); nothing is sorted here, so that wrong orders can be sealed."""
    flat = [mark if type(mark) is tuple else (mark,) for mark in marks]
    data = b"\1" + struct.pack(">H", len(flat)) + b"".join(rules.mark.pack(*mark) for mark in flat)
    return data + bytes(max(0, rules.choice_length - len(data)))


def territories(count=4):
    return [{"applied": f"2026-01-{10 + number:02}", "cost": number * 1000, "id": f"t{number}", "number": number, "title": f"Сквер {number}"}
            for number in range(1, count + 1)]


def rules_of(keys, **voting):
    origin = "localhost/rounds/forged"
    return {
        "acceptance_key": b64(public(keys.acceptance)), "batch": {"at_least": 3, "within": 7200}, "closes_at": CLOSES,
        "commission": [{"handle": name, "key": b64(public(secret))} for name, secret in keys.members.items()],
        "issuer_key": b64(keys.issuer.public_key().public_bytes(*DER)), "log_key": vkey(origin, keys.log), "minimum_age": 14,
        "opens_at": OPENS, "origin": origin, "quorum": 2, "reference_date": "2027-01-01", "register": {"at_least": 2},
        "sealing_key": b64(keys.sealing), "slug": "forged", "time_zone": "Asia/Yekaterinburg", "title": "Проверочное голосование",
        "voting": {"kind": {"approval": {"max": 2}}, "method": "approval", "territories": territories(),
                   "ties": ["application", "registration"], "winners": {"top": {"seats": 2}}, **voting},
    }


ANY_ISSUER = b64(rsa.generate_private_key(65537, 2048).public_key().public_bytes(*DER))
APPROVALS = [[0], [0, 1], [1, 2], [2], [0, 3], [], [1], [0, 1]]


def two(proposed="official-1", confirmed="member-1"):
    return {"two": {"confirmed": confirmed, "proposed": proposed}}


class Forgery:
    """Events that are settled (hashes, outcome, signatures, chain) when the bundle is written. What is None is worked out then."""

    def __init__(self, keys, rules=None, choices=APPROVALS):
        self.keys, self.rules = keys, rules or rules_of(keys)
        self.files, self.sorted, self.log_secret, self.steps = {}, True, keys.log, None
        half = len(choices) // 2
        casts = [Cast(voter, marks) for voter, marks in enumerate(choices)]
        at = OPENS - 50 * HOUR
        self.events = [
            {"published": {"at": at, "by": "official-1", "rules": None}},
            {"pictured": {"alt": {"en": "a square", "ru": "сквер"}, "at": at, "by": "official-1", "kind": "photo", "territory": 2,
                          "files": {name: hashlib.sha256(name.encode()).hexdigest() for name in ("large_jpeg", "large_webp", "small_jpeg", "small_webp")}}},
            {"roll-extended": {"added": 10, "at": at + 1, "by": "official-1", "total": 10}},
            {"letters-replaced": {"at": at + 2, "by": "official-1", "people": 1, "reason": "lost"}},
            {"proposed": {"act": "open", "at": at + 3, "by": "official-1", "reason": "early"}},
            {"voting-opened": {"at": at + 4, "by": two(), "client": {"app.js": "ab" * 32}}},
            {"register": {"count": 4, "hash": None, "hour": OPENS}},
            {"batch": {"ballots": None, "hour": OPENS, "reason": "full"}}, *casts[:half],
            {"voting-paused": {"at": OPENS, "by": "official-1", "reason": "power"}},
            {"voting-resumed": {"at": OPENS + 5, "by": "official-1", "reason": "power is back"}},
            {"closing-extended": {"at": OPENS + 6, "by": "official-1", "closes_at": CLOSES + HOUR, "reason": "power"}},
            {"client-replaced": {"at": OPENS + 7, "client": {"app.js": "cd" * 32}}},
            {"batch": {"ballots": None, "hour": OPENS + HOUR, "reason": "due"}}, *casts[half:-1],
            {"batch": {"ballots": None, "hour": OPENS + HOUR, "reason": "close"}}, casts[-1],
            {"register": {"count": len(choices), "hash": None, "hour": OPENS + HOUR}},
            {"voting-closed": {"at": CLOSES + HOUR, "by": "schedule"}},
            {"key-revealed": {"at": CLOSES + HOUR, "by": "member-2", "key": b64(keys.opening.to_bytes(32, "big"))}},
            {"tallied": {"at": CLOSES + HOUR, "outcome": None, "replaced": None}},
            {"signed": {"at": CLOSES + HOUR, "member": "member-1", "signature": None}},
            {"signed": {"at": CLOSES + HOUR, "member": "member-3", "signature": None}},
        ]
        if "lots" in self.rules["voting"]["ties"]:
            self.set("voting-closed", chance=b64(b"chance, as the service draws it.."[:32]))
        self.outcome_edit = lambda outcome: None
        self.register_edit = lambda lines: lines
        self.sign = lambda text: sign_note(self.rules["origin"], self.log_secret, text)

    def at(self, name, nth=0):
        """Index of the nth event of this name."""
        return [i for i, event in enumerate(self.events) if type(event) is dict and name in event][nth]

    def fields(self, name, nth=0):
        return self.events[self.at(name, nth)][name]

    def casts(self):
        return [event for event in self.events if type(event) is Cast]

    def set(self, name, nth=0, **fields):
        self.fields(name, nth).update(fields)
        return self

    def insert(self, before, *events, nth=0):
        i = self.at(before, nth)
        self.events[i:i] = events
        return self

    def write(self, folder):
        """The bundle in this folder."""
        os.makedirs(folder, exist_ok=True)
        lines, outcome, secret, register = self.settle()
        tree = verify.Tree()
        for line in lines:
            tree.add(hash_of(line))
        origin = self.rules["origin"]
        keys = {name: self.rules.get(name) for name in ("acceptance_key", "commission", "issuer_key", "log_key", "sealing_key")}
        keys["fingerprint"] = hashlib.sha256(verify.canonical(self.rules)).hexdigest()
        if secret:
            keys["opening_key"] = secret
        files = {
            "log.jsonl": b"".join(line + b"\n" for line in lines),
            "checkpoint": self.sign(f"{origin}\n{len(lines)}\n{b64(tree.root())}\n"),
            "register.txt": "".join(register).encode(), "README.md": b"# forged\n", "keys.json": verify.canonical(keys) + b"\n",
        }
        if outcome is not None:
            files["result.json"] = verify.canonical(outcome) + b"\n"
        files.update(self.files)
        write_files(folder, {name: data for name, data in files.items() if data is not None})
        return folder

    def settle(self):
        rules = parsed_rules(self.rules, self.keys)
        steps = [event["register"] for event in self.events if type(event) is dict and "register" in event]
        register = self.settle_register(steps)
        events, batch = [], []
        for event in [*self.events, None]:
            if type(event) is Cast:
                batch.append(event.envelope(rules, self.keys))
                continue
            if batch:
                batch.sort(key=lambda data: hashlib.sha256(data).digest(), reverse=not self.sorted)
                heading = next((e["batch"] for e in reversed(events) if "batch" in e), {})
                if heading.get("ballots", 0) is None:
                    heading["ballots"] = len(batch)
                events += [{"ballot": {"envelope": b64(data)}} for data in batch]
                batch = []
            if event is not None:
                events.append(copy.deepcopy(event))
        lines, previous, tallied, outcome, secret = [], bytes(32), None, None, None
        tree, seed = verify.Tree(), None
        for index, event in enumerate(events):
            name, fields = next(iter(event.items()))
            if name == "published" and fields.get("rules", 0) is None:
                fields["rules"] = self.rules
            if name == "key-revealed":
                secret = fields["key"]
            if name == "tallied" and fields.get("outcome", 0) is None:
                fields["outcome"], replaced = recount(rules, self.keys, events, seed)
                self.outcome_edit(fields["outcome"])
                fields["replaced"] = replaced if fields["replaced"] is None else fields["replaced"]
            if name == "tallied":
                outcome = fields["outcome"]
            if name == "signed" and fields.get("signature", 0) is None:
                signer = self.keys.members.get(fields["member"], ed25519_secret(fields["member"]))
                fields["signature"] = b64(signer.sign(b"veche/certificate/v1\0" + rules.fingerprint + (tallied or bytes(32))))
            line = verify.canonical({"event": event, "index": index, "previous": previous.hex()})
            previous = hash_of(line)
            tree.add(previous)
            if name == "voting-closed":
                seed = verify.seed_of(tree.root(), self.keys.opening.to_bytes(32, "big"))
            if name == "tallied":
                tallied = previous
            lines.append(line)
        return lines, outcome, secret, register

    def settle_register(self, steps):
        register, chain, before = [], bytes(32), 0
        for number, step in enumerate(steps, 1):
            names = sorted(hashlib.sha256(f"person {i}".encode()).hexdigest() for i in range(before, step["count"] or 0))
            part = self.register_edit([f"{number} {name}\n" for name in names])
            chain = hashlib.sha256(chain + "".join(part).encode()).digest()
            if step.get("hash", 0) is None:
                step["hash"] = chain.hex()
            before = step["count"]
            register += part
        return register


def parsed_rules(value, keys):
    try:
        return verify.Rules(value)
    except verify.Fault:
        plain = rules_of(keys)
        plain["issuer_key"] = ANY_ISSUER
        loose = verify.Rules(plain)  # as much of wrong rules as ballots need
        loose.modulus = (keys.issuer.key_size + 7) // 8
        loose.ballot_length = 150 + loose.modulus + loose.choice_length + 64
        loose.fingerprint = hashlib.sha256(verify.canonical(value)).digest()
        return loose


def recount(rules, keys, events, seed):
    latest = {}
    ballots = [base64.b64decode(event["ballot"]["envelope"]) for event in events if "ballot" in event]
    for data in ballots:
        ballot = verify.Ballot(data, rules.modulus)
        if latest.get(ballot.credential, (0,))[0] < ballot.version:
            latest[ballot.credential] = (ballot.version, ballot)
    opener = verify.Opener(keys.opening.to_bytes(32, "big"), rules.fingerprint)
    choices = [verify.read_choice(rules, opener.open(ballot)) for _, ballot in latest.values()]
    return verify.count(rules, choices, seed), len(ballots) - len(choices)


def hash_of(line):
    return verify.leaf_hash(verify.leaf(line, verify.DECODER.decode(line.decode()) if len(line) > verify.LONGEST_ENTRY else None))


def write_files(folder, files):
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    sums(folder)


def sums(folder):
    """SHA256SUMS of what is there."""
    names = sorted(name for name in os.listdir(folder) if name != "SHA256SUMS")
    lines = []
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            lines.append(f"{hashlib.sha256(file.read()).hexdigest()}  {name}\n")
    with open(os.path.join(folder, "SHA256SUMS"), "w") as file:
        file.write("".join(lines))
