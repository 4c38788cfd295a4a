"""Manipulations that only a rule of the protocol catches: the forger has the keys, so the log is chained, counted, certified and
signed again after each. And rounds that look odd and are allowed. Each takes a fresh `Forgery` and changes it."""

import base64
import copy
import hashlib
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, mldsa, rsa

from cases_log import ORDER
from forge import APPROVALS, CLOSES, DER, HOUR, OPENS, Cast, b64, ed25519_secret, key_id, public, sign_note, territories, two, vkey
import verify

GROUP = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # order of P-256
SMALL = (1).to_bytes(32, "little")  # the neutral point of Ed25519
AT = OPENS - 50 * HOUR


def event(name, **fields):
    return {name: fields}


def proposed(act, at, by="official-1", reason="why"):
    return event("proposed", act=act, at=at, by=by, reason=reason)


def remark(name, at, reason="why"):
    return event(name, at=at, by="official-1", reason=reason)


def rules(**changed):
    return lambda f: f.rules.update(changed)


def drop(name, nth=0):
    return lambda f: f.events.pop(f.at(name, nth))


def move(name, before, nth=0):
    return lambda f: f.insert(before, f.events.pop(f.at(name, nth)))


def put(name, nth=0, **fields):
    return lambda f: f.set(name, nth, **fields)


def add(before, *events, nth=0):
    return lambda f: f.insert(before, *events, nth=nth)


def at_end(*events):
    return lambda f: f.events.extend(events)


def outcome(edit):
    return lambda f: setattr(f, "outcome_edit", edit)


def territory(nth=0, **fields):
    return lambda f: f.rules["voting"]["territories"][nth].update(fields)


def voting(**fields):
    return lambda f: f.rules["voting"].update(fields)


ONE_OF = {"most": 1, "of": ["t1", "t2"]}


def limited(*limits):
    """Rules that spend money within these limits."""
    return voting(method="greedy", winners={"budget": {"budget": 4000, "overflow": "skip"}}, limits=list(limits))


def ballot(nth=0, **edits):
    return lambda f: f.casts()[nth].edits.update(edits)


def member(**fields):
    return lambda f: f.rules["commission"][0].update(fields)


def several(*edits):
    def edit(f):
        for one in edits:
            one(f)
    return edit


def odd_point():
    """A point of Ed25519's curve that is not of small order, in an encoding that RFC 8032 refuses: y + p."""
    for y in range(2, 19):
        if verify.point_problem(y.to_bytes(32, "little")) is None:
            return (y + verify.FIELD).to_bytes(32, "little")


def off_curve():
    return next(y.to_bytes(32, "little") for y in range(2, 99) if "not a point" in (verify.point_problem(y.to_bytes(32, "little")) or ""))


def issuer(f, bits, exponent):
    """A round whose every credential is issued with such a key."""
    f.keys = copy.copy(f.keys)
    f.keys.issuer = rsa.generate_private_key(exponent, bits)
    f.rules["issuer_key"] = b64(f.keys.issuer.public_key().public_bytes(*DER))


def rsa_key(bits, exponent=65537):
    return b64(rsa.generate_private_key(exponent, bits).public_key().public_bytes(*DER))


def due_twice(f, hour=OPENS + HOUR):
    """The batch that is due stands as two, and the second of them, and what follows, at this hour."""
    first = f.at("batch", 1)
    f.events.insert(first + 2, event("batch", ballots=None, hour=hour, reason="due"))
    f.set("batch", 3, hour=hour).set("register", 1, hour=hour)


def annul(f, before=None):
    """Proposes and confirms the annulment, at the end or before an event, after which nothing follows."""
    if before:
        del f.events[f.at(before):]
    f.events += [proposed("annul", CLOSES + HOUR), event("annulled", at=CLOSES + HOUR, by=two(), reason="why")]


ACTS = {
    "line 0 is missing": drop("published"),
    "published twice": lambda f: f.events.insert(1, f.events[0]),
    "an unknown event": add("batch", event("recounted", at=OPENS)),
    "an event named sha256": add("batch", {"sha256": "ab" * 32}),
    "two names in one event": lambda f: f.events[1].update(remark("voting-paused", AT)),
    "a field too many": put("roll-extended", note=""),
    "a field too few": lambda f: f.fields("roll-extended").pop("by"),
    "time as text": put("voting-paused", at=str(OPENS)),
    "time runs backwards": put("letters-replaced", at=AT - 1),
    "time runs backwards at the count": put("tallied", at=CLOSES + HOUR - 1),
    "time beyond 64 bits": put("signed", 1, at=2**63),
    "the roll's total does not add up": put("roll-extended", total=11),
    "the roll shrinks": add("letters-replaced", event("roll-extended", added=0, at=AT + 1, by="official-1", total=9)),
    "the roll grows after the close": add("key-revealed", event("roll-extended", added=1, at=CLOSES + HOUR, by="official-1", total=11)),
    "a negative roll": put("roll-extended", added=-1, total=-1),
    "letters for nobody": put("letters-replaced", people=0),
    "letters for more than the roll": put("letters-replaced", people=11),
    "an empty reason": put("voting-paused", reason=""),
    "a reason of white space": put("voting-paused", reason="\u00a0\u2003\u0085 \t"),
    "a picture of no territory": put("pictured", territory=9),
    "a picture without words": put("pictured", alt={}),
    "a picture with blank words": put("pictured", alt={"ru": "  "}),
    "a picture with 301 characters": put("pictured", alt={"ru": "я" * 301}),
    "a picture with a control character": put("pictured", alt={"ru": "а\u0085б"}),
    "a picture in language RU": put("pictured", alt={"RU": "сквер"}),
    "a picture in language of four letters": put("pictured", alt={"russ": "сквер"}),
    "a picture of another kind": put("pictured", kind="drawing"),
    "a picture twice": lambda f: f.events.insert(2, f.events[1]),
    "nine pictures of a territory": lambda f: [f.events.insert(2, event("pictured", **{**f.fields("pictured"), "files": {
        **f.fields("pictured")["files"], "large_jpeg": hashlib.sha256(bytes([i])).hexdigest()}})) for i in range(8)],
    "a picture with a hash in capitals": lambda f: f.fields("pictured")["files"].update(small_webp="AB" * 32),
    "a picture during the voting": several(move("pictured", "voting-paused"), put("pictured", at=OPENS)),
    "an unknown picture removed": add("roll-extended", event("picture-removed", at=AT, by="official-1", picture="ab" * 32, reason="why", territory=2)),
    "a picture removed from another territory": add("roll-extended", event(
        "picture-removed", at=AT, by="official-1", picture=hashlib.sha256(b"large_jpeg").hexdigest(), reason="why", territory=1)),
    "an unknown act proposed": add("proposed", proposed("reopen", AT + 3)),
    "to close proposed before the opening": add("proposed", proposed("close", AT + 3)),
    "to open proposed while open": add("voting-paused", proposed("open", OPENS)),
    "to annul proposed when certified": at_end(proposed("annul", CLOSES + HOUR)),
    "opened by the schedule too early": put("voting-opened", by="schedule"),
    "opened without a proposal": drop("proposed"),
    "opened on another official's proposal": put("voting-opened", by=two("official-2")),
    "opened by one person": several(put("proposed", by="member-1"), put("voting-opened", by=two("member-1", "member-1"))),
    "opened with a confirmation of no member": put("voting-opened", by=two("official-1", "official-2")),
    "opened on a proposal to annul": put("proposed", act="annul"),
    "opened on a proposal that was replaced": add("voting-opened", proposed("annul", AT + 4)),
    "opened twice": add("register", event("voting-opened", at=OPENS, by="schedule", client={})),
    "never opened": drop("voting-opened"),
    "33 files of the client": put("voting-opened", client={f"f{i}": "ab" * 32 for i in range(33)}),
    "a client's file with a capital": put("voting-opened", client={"App.js": "ab" * 32}),
    "a client's file of 64 letters": put("voting-opened", client={"a" * 64: "ab" * 32}),
    "a client's file of no letters": put("voting-opened", client={"": "ab" * 32}),
    "the client replaced by itself": put("client-replaced", client={"app.js": "ab" * 32}),
    "paused twice": add("voting-resumed", remark("voting-paused", OPENS)),
    "resumed while open": add("voting-paused", remark("voting-resumed", OPENS)),
    "the close moved back": put("closing-extended", closes_at=CLOSES),
    "the close moved after it passed": put("closing-extended", at=CLOSES, closes_at=CLOSES + HOUR),
    "the close moved after the close": add("key-revealed", event("closing-extended", at=CLOSES + HOUR, by="official-1", closes_at=CLOSES + 9 * HOUR, reason="why")),
    "a batch of none": add("batch", event("batch", ballots=0, hour=OPENS, reason="due")),
    "a full batch that is too small": add("voting-paused", event("batch", ballots=None, hour=OPENS, reason="full"), Cast(20, [0])),
    "a batch of unknown reason": put("batch", reason="late"),
    "a batch at a minute": put("batch", hour=OPENS + 60),
    "a batch at a negative hour": put("batch", hour=-HOUR),
    "hours run backwards": put("batch", 1, hour=OPENS - HOUR),
    "a small batch that is due twice in an hour": lambda f: due_twice(f),
    "a small batch that is due again too soon for promises of a day": several(rules(batch={"at_least": 4, "within": 86_400}), lambda f: due_twice(f, OPENS + 23 * HOUR)),
    "an hour before that of an act": several(put("client-replaced", at=OPENS + HOUR), put("batch", 1, hour=OPENS)),
    "a step's hour before that of an act": several(put("voting-opened", at=OPENS + HOUR), put("register", hour=OPENS)),
    "an act before an hour": put("voting-paused", at=OPENS - 1),
    "a batch that announces too few": put("batch", ballots=3),
    "a batch that announces too many": put("batch", ballots=5),
    "a batch that is cut by another line": lambda f: f.events.insert(f.at("batch") + 2, event("client-replaced", at=OPENS, client={})),
    "a ballot without a batch": lambda f: f.events.insert(f.at("voting-paused"), event("ballot", envelope="AQ==")),
    "a batch before the opening": lambda f: f.events.insert(f.at("voting-opened"), event("batch", ballots=1, hour=OPENS, reason="due")),
    "batches out of hash order": lambda f: setattr(f, "sorted", False),
    "a ballot twice in a batch": lambda f: f.events.insert(f.at("batch") + 1, f.casts()[0]),
    "a due batch after the closing began": lambda f: f.set("batch", 1, reason="close").set("batch", 2, reason="due"),
    "another client after the closing began": add("register", event("client-replaced", at=OPENS + 8, client={}), nth=1),
    "a proposal after the closing began": add("register", proposed("close", OPENS + 8), nth=1),
    "a pause after the closing began": add("register", remark("voting-paused", OPENS + 8), nth=1),
    "a due batch after a small step": put("register", count=1),
    "a due batch after a step that is too soon": add("batch", event("register", count=6, hash=None, hour=OPENS)),
    "the register shrinks": put("register", 1, count=3),
    "the register is above the roll": put("register", 1, count=11),
    "a step at a minute": put("register", 1, hour=OPENS + HOUR + 1),
    "a step with another hash": put("register", hash="ab" * 32),
    "a batch between the last step and the close": lambda f: f.insert("batch", f.events.pop(f.at("register", 1)), nth=2),
    "no step at the end": drop("register", 1),
    "closed by the schedule too early": put("voting-closed", at=CLOSES + HOUR - 1),
    "closed by the schedule at the close that was moved": put("voting-closed", at=CLOSES),
    "closed by two without a proposal": put("voting-closed", by=two()),
    "chance where there are no lots": put("voting-closed", chance=b64(bytes(32))),
    "closed by nobody": put("voting-closed", by="nobody"),
    "closed twice": add("key-revealed", event("voting-closed", at=CLOSES + HOUR, by="schedule")),
    "never closed": drop("voting-closed"),
    "a ballot added after the close": add("key-revealed", event("batch", ballots=None, hour=CLOSES + HOUR, reason="close"), Cast(20, [0])),
    "a credential issued after the close": add("key-revealed", event("register", count=9, hash=None, hour=CLOSES + HOUR)),
    "the key revealed before the close": lambda f: f.insert("register", f.events.pop(f.at("key-revealed")), nth=1),
    "the key revealed by an official": put("key-revealed", by="official-1"),
    "another key revealed": put("key-revealed", key=b64((6).to_bytes(32, "big"))),
    "the key plus the group's order": put("key-revealed", key=b64((5 + GROUP).to_bytes(32, "big"))),
    "the key's negative": put("key-revealed", key=b64((GROUP - 5).to_bytes(32, "big"))),
    "a key of 31 bytes": put("key-revealed", key=b64((5).to_bytes(31, "big"))),
    "a key of 33 bytes": put("key-revealed", key=b64((5).to_bytes(33, "big"))),
    "a key of zero": put("key-revealed", key=b64(bytes(32))),
    "the key revealed twice": lambda f: f.events.insert(f.at("tallied"), f.events[f.at("key-revealed")]),
    "counted without the key": drop("key-revealed"),
    "counted twice": lambda f: f.events.insert(f.at("signed"), f.events[f.at("tallied")]),
    "signed by no member": put("signed", member="member-9"),
    "signed twice by one": put("signed", 1, member="member-1"),
    "signed by too few": drop("signed"),
    "signed before the count": move("signed", "tallied"),
    "annulled by the schedule": lambda f: f.events.insert(f.at("tallied"), event("annulled", at=CLOSES + HOUR, by="schedule", reason="why")),
    "annulled without a proposal": several(lambda f: annul(f, "tallied"), lambda f: f.events.pop(-2)),
    "annulled without a reason": several(lambda f: annul(f, "tallied"), put("annulled", reason=" ")),
    "annulled when certified": at_end(event("annulled", at=CLOSES + HOUR, by=two(), reason="why")),
    "an act after the annulment": several(lambda f: annul(f, "tallied"), at_end(event("tallied", at=CLOSES + HOUR, outcome=None, replaced=None))),
    "annulled on a proposal that was used": several(lambda f: annul(f, "voting-paused"), lambda f: f.events.pop(-2)),
}
RANKED = {"ranked": {"max": 3}}
RULES = {
    "quorum 0": rules(quorum=0), "a quorum above the commission": rules(quorum=4), "a quorum of 65538": rules(quorum=65538),
    "no commission": rules(commission=[]), "two members with one key": lambda f: f.rules["commission"][1].update(key=f.rules["commission"][0]["key"]),
    "two members with one handle": member(handle="member-2"), "a member's key of small order": member(key=b64(SMALL)),
    "a member's key that is no point": member(key=b64(off_curve())), "a member's key in an odd encoding": member(key=b64(odd_point())),
    "a member's key of 31 bytes": member(key=b64(bytes(31))),
    "opens when it closes": rules(opens_at=CLOSES), "opens before time began": rules(opens_at=-1), "an age of 121": rules(minimum_age=121),
    "an age of −1": rules(minimum_age=-1), "an age of 256": rules(minimum_age=256), "batches of 0": rules(batch={"at_least": 0, "within": 7200}),
    "batches of 10001": rules(batch={"at_least": 10001, "within": 7200}), "batches within 3599": rules(batch={"at_least": 3, "within": 3599}),
    "batches within 86401": rules(batch={"at_least": 3, "within": 86401}), "steps of 0": rules(register={"at_least": 0}),
    "steps of 10001": rules(register={"at_least": 10001}), "a slug with a capital": rules(slug="Forged"), "a slug with a dash at the end": rules(slug="forged-"),
    "a slug of 64": rules(slug="a" * 64), "another slug than the origin's": rules(slug="forge"), "another origin than the key's": rules(origin="elsewhere/rounds/forged"),
    "a log key with another id": lambda f: rules(log_key=f.rules["log_key"].replace("+", "+0", 1)[: -1])(f),
    "a log key of another type": lambda f: rules(log_key=vkey(f.rules["origin"], f.keys.log, kind=2))(f),
    "a log key of a witness": lambda f: rules(log_key=vkey(f.rules["origin"], f.keys.log, kind=4))(f),
    "an acceptance key of small order": rules(acceptance_key=b64(SMALL)), "an acceptance key that is no point": rules(acceptance_key=b64(off_curve())),
    "an acceptance key in an odd encoding": rules(acceptance_key=b64(odd_point())),
    "an acceptance key of small order in an odd encoding": rules(acceptance_key=b64((verify.FIELD + 1).to_bytes(32, "little"))),
    "an acceptance key of 33 bytes": rules(acceptance_key=b64(bytes(33))), "an issuer's key of 1024 bits": lambda f: rules(issuer_key=rsa_key(1024))(f),
    "an issuer's key of exponent 3": lambda f: issuer(f, 2048, 3), "an issuer's key of 2052 bits": lambda f: issuer(f, 2052, 65537), "an issuer's key of 2040 bits": lambda f: issuer(f, 2040, 65537),
    "an issuer's key that is no RSA": rules(issuer_key=b64(ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(*DER))),
    "an issuer's key and a byte": lambda f: rules(issuer_key=b64(f.keys.issuer.public_key().public_bytes(*DER) + b"\0"))(f),
    "an issuer's key in PKCS 1": lambda f: rules(issuer_key=b64(f.keys.issuer.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)))(f),
    "an issuer's key for PSS alone": lambda f: rules(issuer_key=b64(f.keys.issuer.public_key().public_bytes(*DER).replace(
        bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d01010a"))))(f),
    "a sealing key off the curve": lambda f: rules(sealing_key=b64(f.keys.sealing[:-1] + bytes([f.keys.sealing[-1] ^ 1])))(f),
    "a sealing key in compressed form": lambda f: rules(sealing_key=b64(bytes([2 + f.keys.sealing[-1] % 2]) + f.keys.sealing[1:33]))(f),
    "a sealing key in hybrid form": lambda f: rules(sealing_key=b64(bytes([6 + f.keys.sealing[-1] % 2]) + f.keys.sealing[1:]))(f),
    "the 30th of February": rules(reference_date="2027-02-30"), "a day without noughts": rules(reference_date="2027-1-1"), "the year 0": rules(reference_date="0000-01-01"),
    "a blank title": rules(title=" \u2003"), "a district that is a number": rules(district=1), "a district that is null": rules(district=None),
    "an unknown rule": rules(note=""), "a rule too few": lambda f: f.rules.pop("time_zone"),
    "no territories": voting(territories=[]), "an id twice": territory(id="t2"), "a number twice": territory(number=2), "an id with a control character": territory(id="t\u0085"),
    "an id beyond U+FFFF": territory(id="🌳"), "a blank id": territory(id=" "), "a blank name": territory(title=" "), "an address of 201": territory(address="я" * 201),
    "an address of two lines": territory(address="а\nб"), "a blank description": territory(description="\n\n"), "a description with a tab": territory(description="а\tб"),
    "a description of 4001": territory(description="я" * 4001), "a proposer with a control character": territory(proposed_by="а\u007fб"),
    "beyond the pole": territory(place={"latitude": 90_000_001, "longitude": 0}), "beyond the date line": territory(place={"latitude": 0, "longitude": -180_000_001}),
    "a place without longitude": territory(place={"latitude": 0}), "applied on no day": territory(applied="2026-13-01"), "a cost beyond 64 bits": territory(cost=2**63),
    "a territory's number beyond 32 bits": territory(number=2**32), "a negative number": territory(number=-1),
    "approval of 0": voting(kind={"approval": {"max": 0}}), "approval of more than there are": voting(kind={"approval": {"max": 5}}),
    "two kinds": voting(kind={"approval": {"max": 2}, "ranked": {"max": 2}}), "an unknown kind": voting(kind={"quadratic": {"max": 2}}), "a kind that is a list": voting(kind=["approval"]),
    "a method that does not fit": voting(method="borda"), "an unknown method": voting(method="lots"),
    "ranking of 0": voting(kind={"ranked": {"max": 0}}, method="borda"), "scores to 0": voting(kind={"score": {"max": 0}}, method="score"),
    "scores to 1001": voting(kind={"score": {"max": 1001}}, method="score"), "0 points": voting(kind={"points": {"total": 0}}, method="points"),
    "2^31 points": voting(kind={"points": {"total": 2**31}}, method="points"), "points of 0 each": voting(kind={"points": {"each": 0, "total": 5}}, method="points"),
    "more points each than in all": voting(kind={"points": {"each": 6, "total": 5}}, method="points"),
    "a method of another kind of ballot": voting(method="schulze"), "choose-one of two": voting(method="choose-one"),
    "transferable votes and a budget": voting(kind=RANKED, method="stv-meek", winners={"budget": {"budget": 4000, "overflow": "skip"}}), "equal shares and seats": voting(method="equal-shares"),
    "equal shares that stop": voting(method="equal-shares-add1", winners={"budget": {"budget": 4000, "overflow": "stop"}}),
    "a knapsack that stops": voting(method="knapsack", winners={"budget": {"budget": 4000, "overflow": "stop"}}),
    "a minimum of pairs": voting(kind=RANKED, method="copeland", winners={"top": {"minimum": 1, "seats": 2}}),
    "kemeny of 13": voting(kind=RANKED, method="kemeny", territories=territories(13)),
    "a knapsack of 18": voting(method="knapsack", territories=territories(18), winners={"budget": {"budget": 4000, "overflow": "skip"}}),
    "bucklin of 257": voting(kind=RANKED, method="bucklin", territories=[{**one, "applied": "2026-01-01"} for one in territories(257)]),
    "no ladder": voting(ties=[]), "a ladder without its last rung": voting(ties=["application"]), "a ladder upside down": voting(ties=["registration", "application"]),
    "a rung twice": voting(ties=["registration", "registration"]), "a rung by lot": voting(ties=["lot", "registration"]),
    "lots that are never reached": voting(ties=["registration", "lots"]), "a rung after lots": voting(ties=["lots", "registration"]),
    "lots twice": voting(ties=["lots", "lots"]), "earlier rounds where there are none": voting(ties=["backwards", "lots"]),
    "earlier rounds of pairs": voting(kind=RANKED, method="schulze", ties=["forwards", "registration"]),
    "a ladder that ends backwards": voting(kind=RANKED, method="coombs", ties=["application", "backwards"]),
    "a turnout of nobody": voting(turnout={"eligible": 0, "per_mille": 500}), "a turnout of nothing": voting(turnout={"eligible": 5, "per_mille": 0}),
    "a turnout of more than all": voting(turnout={"eligible": 5, "per_mille": 1001}), "a turnout of more than there are": voting(turnout={"eligible": 10**10 + 1, "per_mille": 1}), "a turnout of 2^64": voting(turnout={"eligible": 2**64, "per_mille": 1}),
    "a turnout without a share": voting(turnout={"eligible": 5}), "a turnout that is null": voting(turnout=None),
    "limits where no money is spent": voting(limits=[ONE_OF]), "limits of seats by a method with money": voting(method="greedy", limits=[ONE_OF]),
    "limits that are an empty list": limited(), "33 limits": limited(*[ONE_OF] * 33), "a limit of nothing": limited({"of": ["t1", "t2"]}),
    "at most 0": limited({**ONE_OF, "most": 0}), "at most 65536": limited({**ONE_OF, "most": 65536}), "money for none of them": limited({"money": 999, "of": ["t1"]}), "money of 0": limited({"money": 0, "of": ["t1"]}),
    "a limit of nobody": limited({"most": 1, "of": []}), "a limit of one twice": limited({"most": 1, "of": ["t1", "t1"]}), "a limit of somebody else": limited({"most": 1, "of": ["t9"]}),
    "no seats": voting(winners={"top": {"seats": 0}}), "65536 seats": voting(winners={"top": {"seats": 65536}}), "a budget of 0": voting(winners={"budget": {"budget": 0, "overflow": "skip"}}),
    "a negative budget": voting(winners={"budget": {"budget": -5, "overflow": "skip"}}), "an unknown overflow": voting(winners={"budget": {"budget": 5, "overflow": "split"}}),
    "a budget and no cost": several(voting(winners={"budget": {"budget": 5000, "overflow": "skip"}}), lambda f: f.rules["voting"]["territories"][1].pop("cost")),
    "a budget and a cost of 0": several(voting(winners={"budget": {"budget": 5000, "overflow": "skip"}}), territory(cost=0)),
    "a negative minimum": voting(winners={"top": {"minimum": -1, "seats": 2}}), "a minimum that is null": voting(winners={"top": {"minimum": None, "seats": 2}}),
    "seats as text": voting(winners={"top": {"seats": "2"}}), "seats as a float": voting(winners={"top": {"seats": 2.0}}), "seats as true": voting(winners={"top": {"seats": True}}),
}


def shorter(data):
    return data[:-1]


def scalar_plus_order(signature):
    return signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")


def flip(data):
    return data[:-1] + bytes([data[-1] ^ 1])


STRANGER = rsa.generate_private_key(65537, 2048)
BALLOTS = {
    "a ballot that is too short": ballot(whole=shorter), "a ballot that is too long": ballot(whole=lambda data: data + b"\0"), "an empty ballot": ballot(whole=b""),
    "another format": ballot(format=2), "another round's ballot": ballot(fingerprint=bytes(32)), "version 0": ballot(version=0),
    "a credential that nobody issued": ballot(issuer=STRANGER), "a credential issued with a salt of 32": ballot(salt=32), "issued with a salt of the greatest length": ballot(salt=206),
    "issued with SHA-256": ballot(hash=hashes.SHA256()), "issued under another label": ballot(label=b"veche/credential/v2\0"), "issuer's signature flipped": ballot(issued=flip),
    "issuer's signature plus the modulus": ballot(plus_modulus=True), "issuer's signature of zeros": ballot(issued=bytes(256)),
    "ballot's signature flipped": ballot(signature=flip), "signed by another credential": ballot(signer=ed25519_secret("credential 1")), "signed under another label": ballot(ballot_label=b"veche/ballot/v2\0"),
    "ballot's S plus L": ballot(signature=scalar_plus_order), "ballot's signature of zeros": ballot(signature=bytes(64)),
    "a credential of small order": ballot(credential=SMALL, signature=SMALL + bytes(32)), "a credential of order 8": ballot(
        credential=verify.Y_OF_ORDER_8.to_bytes(32, "little"), signature=SMALL + bytes(32)),
    "a credential of small order in an odd encoding": ballot(credential=(verify.FIELD + 1).to_bytes(32, "little"), signature=SMALL + bytes(32)),
    "a credential that is no point": ballot(credential=off_curve()), "a credential in an odd encoding": ballot(credential=odd_point()),
    "the seal flipped after signing": ballot(whole=lambda data: data[:-70] + bytes([data[-70] ^ 1]) + data[-69:]),
    "the version raised after signing": ballot(whole=lambda data: data[:324] + bytes([data[324] ^ 2]) + data[325:]),
    "one version twice": lambda f: f.casts()[6].__init__(0, [3]),
    "one version twice, the same ballot": lambda f: f.events.insert(f.at("batch", 1) + 1, f.casts()[0]),
    "more credentials than were issued": put("register", 1, count=7),
    "a dropped ballot": lambda f: (f.set("batch", ballots=4), f.events.pop(f.at("batch") + 1)),
    "a dropped ballot and a count without it": lambda f: (f.events.pop(f.at("batch") + 1), f.set("tallied", replaced=1)),
}


def shift(name, by=1):
    def edit(outcome):
        outcome[name] += by
    return edit


def standing(nth=0, **fields):
    return outcome(lambda o: o["standings"][nth].update(fields))


def swap(o):
    a, b = o["standings"][:2]
    a["id"], b["id"] = b["id"], a["id"]
    o["winners"] = [a["id"], b["id"]]


COUNT = {
    "another count before the annulment": several(standing(score=99), lambda f: annul(f, "signed")),
    "a ballot more": outcome(shift("ballots")), "a ballot less": outcome(shift("ballots", -1)), "a blank one more": outcome(shift("blank")),
    "a ballot moved to the replaced": several(outcome(shift("ballots", -1)), put("tallied", replaced=1)), "one replaced more": put("tallied", replaced=1),
    "an invalid one more": outcome(lambda o: o["invalid"].update({"order": 1})), "none invalid, but named": outcome(lambda o: o["invalid"].update({"order": 0})),
    "an unknown reason": outcome(lambda o: o["invalid"].update({"ugly": 1})),
    "a vote more": standing(votes=99), "a score more": standing(score=99), "the last one's score": standing(3, score=9), "winners exchanged": outcome(swap),
    "another winner": outcome(lambda o: o["winners"].__setitem__(0, "t4")), "a winner less": outcome(lambda o: o["winners"].pop()), "no winners": outcome(lambda o: o.update(winners=[])),
    "a winner that is not selected": standing(3, selected=True), "a reason for a winner": standing(why="no-seat"), "another reason": standing(3, why="below-minimum"),
    "an unknown why": standing(3, why="corrupt"), "ranks exchanged": several(standing(0, rank=2), standing(1, rank=1)), "standings in another order": outcome(lambda o: o["standings"].reverse()),
    "a territory left out": outcome(lambda o: o["standings"].pop()), "a territory twice": outcome(lambda o: o["standings"].append(o["standings"][-1])),
    "a mean where there is none": standing(mean={"den": 1, "num": 1}), "a tie that is not there": outcome(lambda o: o["ties"].append(
        {"decisive": False, "order": ["t3", "t4"], "rules": ["application"], "score": 0})), "a spent sum where there is no budget": outcome(lambda o: o.update(spent=0)),
    "steps of a run-off where there is none": outcome(lambda o: o["rounds"].append({"counts": {}, "exhausted": 0})), "the outcome of nobody": outcome(lambda o: o.clear()),
    "the score negative": standing(score=-1), "ties null": outcome(lambda o: o.update(ties=None)),
}
OTHER_COUNTS = {  # for rounds of another kind: name → (kind, edit)
    "a tie left out": ("ties", outcome(lambda o: o["ties"].pop())), "a tie's order turned": ("ties", outcome(lambda o: o["ties"][0]["order"].reverse())),
    "a tie said to be not decisive": ("ties", outcome(lambda o: o["ties"][0].update(decisive=not o["ties"][0]["decisive"]))), "a tie's score": ("ties", outcome(lambda o: o["ties"][0].update(score=99))),
    "a tie's rung": ("ties", outcome(lambda o: o["ties"][0].update(rules=["registration"]))), "a tie with a round": ("ties", outcome(lambda o: o["ties"][0].update(round=1))),
    "a mean that is not in lowest terms": ("score", outcome(lambda o: o["standings"][0]["mean"].update({k: 2 * v for k, v in o["standings"][0]["mean"].items()}))),
    "another median": ("score", outcome(lambda o: o["standings"][0]["median"].update(num=99))), "a mean left out": ("score", outcome(lambda o: o["standings"][0].pop("mean"))),
    "the sum spent": ("budget", outcome(shift("spent"))), "the sum left out": ("budget", outcome(lambda o: o.pop("spent"))), "skipped said to be stopped": (
        "budget", outcome(lambda o: [s.update(why="after-stop") for s in o["standings"] if "why" in s])),
    "a step left out": ("runoff", outcome(lambda o: o["rounds"].pop())), "another one goes out": ("runoff", outcome(lambda o: o["rounds"][0].update(eliminated="t1"))),
    "the exhausted": ("runoff", outcome(lambda o: o["rounds"][0].update(exhausted=9))), "a step's support": ("runoff", outcome(lambda o: o["rounds"][0]["counts"].update(t1=9))),
    "a step of STV left out": ("stv-scottish, ranked", outcome(lambda o: o["steps"].pop())), "a unit less in a step": ("stv-meek, ranked", outcome(lambda o: o["steps"][0]["counted"].update(quota="1.999999999"))),
    "another spelling of a number": ("stv-scottish, ranked", outcome(lambda o: o["steps"][0]["counted"].update(quota=o["steps"][0]["counted"]["quota"] + ".0"))),
    "a whole score as text": ("choose-one, approval", outcome(lambda o: [s.update(score=str(s["score"])) for s in o["standings"]])), "a fraction of nothing": ("dowdall, ranked", outcome(lambda o: o["standings"][0].update(score="1/0"))),
    "a path that is stronger": ("schulze, ranked", outcome(lambda o: o["steps"][0]["paths"]["rows"][0].__setitem__(1, 9))), "pairs left out": ("schulze, score", outcome(lambda o: o.pop("pairwise"))),
    "a matrix that is not square": ("copeland, ranked", outcome(lambda o: o["pairwise"]["preferred"].pop())), "a preference more": ("kemeny, ranked", outcome(lambda o: o["pairwise"]["preferred"].__setitem__(1, 9))),
    "an unknown step": ("bucklin, ranked", outcome(lambda o: o["steps"].append({"shuffled": {"round": 1}}))), "a field more in a step": ("coombs, ranked", outcome(lambda o: o["steps"][0]["counted"].update(note=1))),
    "a score where there is none": ("ranked-pairs, ranked", outcome(lambda o: o["standings"][0].update(score=1))), "a tie with a score": ("minimax, ranked", outcome(lambda o: [tie.update(score=1) for tie in o["ties"]])),
    "another middle mark": ("majority-judgement, score", outcome(lambda o: o["steps"][0]["medians"]["grades"].__setitem__(0, 9))), "the finalists turned": ("star, score", outcome(lambda o: o["steps"][0]["finalists"]["pair"].reverse())),
    "a price": ("equal-shares-add1, approval", outcome(lambda o: o["steps"][0]["purchased"].update(price="1"))), "a load": ("phragmen, approval", outcome(lambda o: o["steps"][0]["purchased"].update(price="0.1"))),
    "another reason not to buy": ("equal-shares, approval", outcome(lambda o: [s.update(why="no-seat") for s in o["standings"] if "why" in s])), "a purchase more": ("greedy, points", outcome(lambda o: o["steps"].append(o["steps"][0]))),
    "chance left out": ("lots of equals", lambda f: f.fields("voting-closed").pop("chance")), "chance that is too short": ("lots of equals", put("voting-closed", chance=b64(bytes(31)))),
    "another seed": ("lots of equals", outcome(lambda o: o.update(seed="ab" * 32))), "a seed left out": ("lots of equals", outcome(lambda o: o.pop("seed"))),
    "a seed where there are no lots": ("ties", outcome(lambda o: o.update(seed="ab" * 32))), "a seed in capitals": ("lots of equals", outcome(lambda o: o.update(seed=o["seed"].upper()))),
    "lots that fell otherwise": ("lots of equals", outcome(lambda o: o["ties"][0]["order"].reverse())), "lots said to be numbers": ("lots of equals", outcome(lambda o: o["ties"][0].update(rules=["registration"]))),
    "an earlier round left out": ("run-off by earlier rounds", outcome(lambda o: [tie.update(rules=["lots"]) for tie in o["ties"]])),
    "more needed": ("too few", outcome(shift("needed"))), "enough after all": ("too few", outcome(lambda o: o.pop("needed"))), "winners of nothing": ("too few", outcome(lambda o: o.update(winners=["t1"]))),
    "too few where there are enough": ("just enough", outcome(lambda o: o.update(needed=9))), "nothing spent where nothing is counted": ("too few for money", outcome(lambda o: o.update(spent=0))),
    "no room said to be no money": ("greedy within limits", outcome(lambda o: [s.update(why="over-budget") for s in o["standings"] if s.get("why") == "barred"])),
    "borda from nought": ("borda", outcome(lambda o: [s.update(score=max(0, s["score"] - s["votes"])) for s in o["standings"]])),
}


def signature(edit, nth=0):
    """A certificate's signature that is made as it must be and then changed."""
    def change(f):
        name = f.fields("signed", nth)["member"]
        settle, secret = f.settle, f.keys.members[name]
        lines, *_ = settle()
        number = [i for i, line in enumerate(lines) if b'{"event":{"tallied"' in line][0]
        message = b"veche/certificate/v1\0" + hashlib.sha256(verify.canonical(f.rules)).digest() + verify.leaf_hash(lines[number])
        f.set("signed", nth, signature=b64(edit(secret, message, lines)))
    return change


CERTIFICATE = {
    "a signature flipped": signature(lambda secret, message, lines: flip(secret.sign(message))),
    "a signature with S plus L": signature(lambda secret, message, lines: scalar_plus_order(secret.sign(message))),
    "a signature under another label": signature(lambda secret, message, lines: secret.sign(message.replace(b"/v1", b"/v2"))),
    "a signature for another round": signature(lambda secret, message, lines: secret.sign(message[:21] + bytes(32) + message[53:])),
    "a signature on the line before": signature(lambda secret, message, lines: secret.sign(message[:53] + verify.leaf_hash(lines[-4]))),
    "another member's signature": signature(lambda secret, message, lines: ed25519_secret("member-2").sign(message)),
    "a signature of small order": signature(lambda secret, message, lines: SMALL + bytes(32)),
    "a second signature that does not hold": signature(lambda secret, message, lines: flip(secret.sign(message)), nth=1),
    "a signature of 63 bytes": signature(lambda secret, message, lines: secret.sign(message)[:63]),
    "a third signature that does not hold": lambda f: at_end(event("signed", at=CLOSES + HOUR, member="member-2", signature=b64(bytes(64))))(f),
}


WITNESS_SECRETS = {name: ed25519_secret(name) for name in ("w1.example/a", "w2.example/b", "w3.example/c")}


def witness_keys(kind=4):
    return sorted(vkey(name, secret, kind) for name, secret in WITNESS_SECRETS.items())


def cosignature(name, text, seconds=1_900_000_000, secret=None, signed=None, kind=4):
    secret = secret or WITNESS_SECRETS[name]
    message = signed or f"cosignature/v1\ntime {seconds}\n{text}".encode()
    body = struct.pack(">Q", seconds) + secret.sign(message)
    return f"— {name} {b64(key_id(name, bytes([kind]) + public(WITNESS_SECRETS[name])) + body)}\n".encode()


def cosigners(*lines, quorum=2, keys=None):
    """Rules with a policy of witnesses, and a checkpoint with these cosignatures: functions of its text."""
    def edit(f):
        f.rules["witnesses"] = {"keys": witness_keys() if keys is None else keys(f), "quorum": quorum}
        f.sign = lambda text: sign_note(f.rules["origin"], f.keys.log, text) + b"".join(line(text) for line in lines)
    return edit


LATTICE = mldsa.MLDSA44PrivateKey.generate()
W6 = "w6.example/lattice"


def lattice_keys(f):
    data = bytes([6]) + LATTICE.public_key().public_bytes_raw()
    return sorted([*witness_keys(), f"{W6}+{key_id(W6, data).hex()}+{b64(data)}"])


def by_lattice(seconds=1_900_000_000, more=b"", size=0):
    """An ML-DSA-44 cosignature: over a subtree from line 0."""
    def line(text):
        origin, lines, root = text.split("\n")[:3]
        name, origin = W6.encode(), origin.encode()
        signed = b"subtree/v1\n\0" + bytes([len(name)]) + name + struct.pack(">Q", seconds) + bytes([len(origin)]) + origin
        signed += struct.pack(">QQ", 0, int(lines) + size) + base64.b64decode(root) + more
        data = bytes([6]) + LATTICE.public_key().public_bytes_raw()
        return f"— {W6} {b64(key_id(W6, data) + struct.pack('>Q', seconds) + LATTICE.sign(signed))}\n".encode()
    return line


def by(name, **edits):
    return lambda text: cosignature(name, text, **edits)


W1, W2, W3 = WITNESS_SECRETS
WITNESSES = {
    "nobody of two signed": cosigners(), "one of two signed": cosigners(by(W1)), "one signed twice": cosigners(by(W1), by(W1, seconds=1_900_000_001)),
    "two signed and one of them wrong": cosigners(by(W1), by(W2, secret=ed25519_secret("x"))), "two signed and a third is wrong": cosigners(by(W1), by(W2), by(W3, signed=b"other")),
    "one signed without a time": cosigners(by(W1), by(W2, seconds=0)), "a time above 2^63": cosigners(by(W1), by(W2, seconds=2**63)),
    "one signed as a log does": cosigners(by(W1), lambda text: sign_note(W2, WITNESS_SECRETS[W2], text)[len(text.encode()) + 1 :]),
    "one signed another size": cosigners(by(W1), lambda text: cosignature(W2, text.replace("\n28\n", "\n27\n"))), "one signed for another": cosigners(by(W1), lambda text: cosignature(W1, text).replace(W1.encode(), W2.encode())),
    "one signed a root alone": cosigners(by(W1), lambda text: cosignature(W2, text, signed=text.encode())),
    "a cosignature cut short": cosigners(by(W1), by(W2), lambda text: f"— {W3} {b64(key_id(W3, bytes([4]) + public(WITNESS_SECRETS[W3])) + bytes(71))}\n".encode()),
    "a stranger signed": cosigners(by(W1), lambda text: f"— {W2} {b64(bytes(76))}\n".encode()),
    "a quorum of nobody": cosigners(by(W1), quorum=0), "a quorum above the keys": cosigners(by(W1), by(W2), by(W3), quorum=4), "no keys": cosigners(by(W1), quorum=1, keys=lambda f: []),
    "keys in another order": cosigners(by(W1), by(W2), keys=lambda f: witness_keys()[::-1]), "a key twice": cosigners(by(W1), by(W2), keys=lambda f: witness_keys()[:1] * 2),
    "one key under two names": cosigners(by(W1), by(W2), keys=lambda f: sorted([*witness_keys(), vkey("w9.example/z", WITNESS_SECRETS[W1], 4)])),
    "17 keys": cosigners(by(W1), by(W2), keys=lambda f: sorted(witness_keys() + [vkey(f"w{i}.example/x", ed25519_secret(f"w{i}"), 4) for i in range(14)])),
    "the log's own key": cosigners(by(W1), by(W2), keys=lambda f: sorted([*witness_keys(), vkey("log.example/self", f.keys.log, 4)])),
    "a key of type 1": cosigners(by(W1), by(W2), keys=lambda f: sorted(witness_keys()[:2] + [vkey(W3, WITNESS_SECRETS[W3], 1)])),
    "a key of small order": cosigners(by(W1), by(W2), keys=lambda f: sorted(witness_keys()[:2] + [f"{W3}+{key_id(W3, bytes([4]) + SMALL).hex()}+{b64(bytes([4]) + SMALL)}"])),
    "a key in an odd encoding": cosigners(by(W1), by(W2), keys=lambda f: sorted(witness_keys()[:2] + [f"{W3}+{key_id(W3, bytes([4]) + odd_point()).hex()}+{b64(bytes([4]) + odd_point())}"])),
    "a key with another id": cosigners(by(W1), by(W2), keys=lambda f: sorted(witness_keys()[:2] + [witness_keys()[2].replace("+", "+0", 1)])),
    "an ML-DSA-44 cosignature of another size": cosigners(by(W1), by(W2), by_lattice(size=1), keys=lattice_keys), "an ML-DSA-44 cosignature with more": cosigners(by(W1), by(W2), by_lattice(more=b"x"), keys=lattice_keys),
    "an ML-DSA-44 cosignature without a time": cosigners(by(W1), by_lattice(seconds=0), keys=lattice_keys), "an ML-DSA-44 key cut short": cosigners(by(W1), by(W2), keys=lambda f: [key[:-4] if W6 in key else key for key in lattice_keys(f)]),
    "a quorum as text": cosigners(by(W1), by(W2), quorum="2"), "an unknown field": several(cosigners(by(W1), by(W2)), lambda f: f.rules["witnesses"].update(note="")),
}


def register(edit):
    return lambda f: setattr(f, "register_edit", edit)


REGISTER = {  # the hashes in the log are those of the changed lines
    "pseudonyms out of order": register(lambda lines: lines[::-1]), "a pseudonym twice in a step": register(lambda lines: lines[:1] + lines[:-1]),
    "a second credential for one person": register(lambda lines: sorted([f"{lines[0][0]} {'0' * 64}\n"] + lines[1:])),
    "a line of another step": register(lambda lines: ["1" + line[1:] for line in lines]), "steps from nought": register(lambda lines: [f"{int(line[0]) - 1}{line[1:]}" for line in lines]),
    "a line more": register(lambda lines: lines + [f"{lines[0][0]} {'f' * 64}\n"]), "a line less": register(lambda lines: lines[1:]), "no lines": register(lambda lines: []),
    "capital hex": register(lambda lines: [line.upper() for line in lines]), "two spaces": register(lambda lines: [line.replace(" ", "  ") for line in lines]),
    "CRLF": register(lambda lines: [line.replace("\n", "\r\n") for line in lines]), "a step with a leading zero": register(lambda lines: ["0" + line for line in lines]),
    "pseudonyms cut short": register(lambda lines: [line[:-2] + "\n" for line in lines]), "an empty line": register(lambda lines: lines + ["\n"]),
    "a comment": register(lambda lines: lines + ["# end\n"]), "a space at the end": register(lambda lines: [line[:-1] + " \n" for line in lines]),
    "no line ends": register(lambda lines: [line[:-1] for line in lines]),
}

# ---------------------------------------------------------------- rounds that hold

SCORES = [[(0, 10), (1, 3)], [(0, 7), (2, 0)], [(1, 4), (2, 9), (3, 1)], [], [(3, 10)], [(0, 1)], [(0, 2), (1, 2), (2, 2), (3, 2)], [(2, 5)]]
POINTS = [[(0, 5), (1, 5)], [(2, 1)], [(0, 3), (3, 2)], [(1, 4)], [], [(0, 1), (1, 1), (2, 1), (3, 1)], [(3, 5)], [(2, 5), (3, 5)]]
RANKS = [[0, 1, 2], [1, 0], [2], [3, 2, 1], [0, 3], [], [2, 1], [1, 2, 3]]
CHANGING = [[0], [0], [0], [1], [1], [2, 1], [2, 0], [3, 1]]  # 0 and 1 are equal in the third round, and 0 had more in the first
EVEN = [[0], [1], [2], [3], [0, 1], [2, 3], [], []]
BUDGET = {"budget": {"budget": 4000, "overflow": "skip"}}
KINDS = {
    "approval": ({}, APPROVALS), "ties": ({}, EVEN), "budget": ({"winners": BUDGET}, APPROVALS),
    "score": ({"kind": {"score": {"max": 10}}, "method": "score"}, SCORES),
    "points": ({"kind": {"points": {"each": 5, "total": 10}}, "method": "points", "winners": BUDGET}, POINTS),
    "borda": ({"kind": {"ranked": {"max": 3}}, "method": "borda"}, RANKS), "runoff": ({"kind": {"ranked": {"max": 3}}, "method": "instant-runoff"}, RANKS),
    "approval with a stop": ({"winners": {"budget": {"budget": 4000, "minimum": 2, "overflow": "stop"}}}, APPROVALS),
    "points without a limit each": ({"kind": {"points": {"total": 10}}, "method": "points"}, POINTS),
    "ties by number alone": ({"ties": ["registration"]}, EVEN), "run-off of equals": ({"kind": {"ranked": {"max": 4}}, "method": "instant-runoff", "winners": BUDGET}, EVEN),
    "a minimum that nobody reaches": ({"winners": {"top": {"minimum": 99, "seats": 4}}}, APPROVALS),
    "more seats than territories": ({"winners": {"top": {"minimum": 0, "seats": 65535}}}, APPROVALS),
    "everybody blank": ({}, [[]] * 8), "scores of nought": ({"kind": {"score": {"max": 1}}, "method": "score"}, [[(0, 0)], [(1, 0), (2, 1)], [(1, 1)], [], [], [], [], [(0, 0)]]),
    "lots of equals": ({"ties": ["lots"]}, EVEN), "lots after the day": ({"ties": ["application", "lots"]}, EVEN), "lots for nobody": ({"ties": ["lots"]}, [[0, 1]] * 8),
    "run-off by earlier rounds": ({"kind": {"ranked": {"max": 4}}, "method": "instant-runoff", "ties": ["backwards", "lots"]}, CHANGING),
    "run-off by the first rounds": ({"kind": {"ranked": {"max": 4}}, "method": "instant-runoff-batches", "ties": ["forwards", "backwards", "lots"]}, CHANGING),
    "coombs by earlier rounds": ({"kind": {"ranked": {"max": 4}}, "method": "coombs", "ties": ["application", "backwards", "registration"]}, CHANGING),
    "transfers by earlier rounds": ({"kind": {"ranked": {"max": 4}}, "method": "stv-scottish", "ties": ["forwards", "lots"]}, CHANGING),
    "keep factors by earlier rounds": ({"kind": {"ranked": {"max": 4}}, "method": "stv-meek", "ties": ["backwards", "lots"]}, CHANGING),
    "too few": ({"turnout": {"eligible": 10**10, "per_mille": 1000}}, APPROVALS), "just enough": ({"turnout": {"eligible": 12, "per_mille": 500}}, APPROVALS),
    "too few for money": ({"method": "phragmen", "winners": BUDGET, "turnout": {"eligible": 99, "per_mille": 999}, "ties": ["lots"]}, APPROVALS),
    "32 limits": ({"method": "greedy", "winners": BUDGET, "limits": [ONE_OF] * 32}, APPROVALS),
}
LIMITS = [ONE_OF, {"money": 4500, "most": 2, "of": ["t2", "t3", "t4"]}]
KINDS.update({f"{method} within limits": ({"method": method, "winners": BUDGET, "limits": LIMITS}, APPROVALS) for method in verify.BUYING})


# Every method with every kind of ballots that it counts.
BY_KIND = {"approval": ({"max": 2}, APPROVALS), "points": ({"each": 5, "total": 10}, POINTS), "ranked": ({"max": 3}, RANKS), "score": ({"max": 10}, SCORES)}
for kind, methods in verify.METHODS.items():
    for method in methods:
        limits, choices = BY_KIND[kind] if method != "choose-one" else ({"max": 1}, [choice[:1] for choice in APPROVALS])
        KINDS[f"{method}, {kind}"] = ({"kind": {kind: limits}, "method": method, **({"winners": BUDGET} if method in verify.BUYING else {})}, choices)


def raw(*data):
    """Ballots whose sealed bytes are these."""
    def edit(f):
        for cast, choice in zip(f.casts(), data):
            cast.marks = choice
    return edit


def hybrid(f):
    """The encapsulated key in the hybrid form of X9.62, which HPKE does not have."""
    cast = f.casts()[0]
    cast.edits["sealed"] = lambda sealed: bytes([6 + sealed[64] % 2]) + sealed[1:]


def later_versions(f):
    f.casts()[4].__init__(0, [3], version=7)
    f.casts()[5].__init__(0, [2], version=5)
    f.casts()[6].__init__(1, [2, 3], version=2**32 - 1)


INVALID = raw(b"\1\0\1\0\0\0\0", b"\2\0\0\0\0\0\0", b"\1\0\3\0\0\0\1", b"\1\0\1\0\0\0\1", b"\1\0\1\0\4\0\0", b"\1\0\2\0\1\0\1", b"\1\0\2\0\1\0\0", b"\1\xff\xff\0\1\0\0")
HOLDS = {
    "ballots that are invalid in every way": INVALID, "a seal that does not open": ballot(sealed=lambda data: flip(data)), "an encapsulated key in hybrid form": hybrid,
    "an encapsulated key that is no point": ballot(sealed=lambda data: b"\4" + bytes(64) + data[65:]), "later versions": later_versions,
    "annulled before the opening": lambda f: annul(f, "proposed"), "annulled while open": lambda f: annul(f, "voting-paused"), "annulled before the count": lambda f: annul(f, "tallied"),
    "annulled after the count": lambda f: annul(f, "signed"), "an issuer's key of 3072 bits": lambda f: issuer(f, 3072, 65537), "a reason of a character that is no white space": put("voting-paused", reason="\u200b"),
    "three signatures": at_end(event("signed", at=CLOSES + HOUR, member="member-2", signature=None)), "an empty handle": lambda f: [
        fields.update(by="") for e in f.events if type(e) is dict for fields in e.values() if fields.get("by") == "official-1" and "act" not in fields],
    "a picture removed and back": lambda f: f.insert("roll-extended", event("picture-removed", at=AT, by="official-1", picture=f.fields("pictured")["files"]["large_jpeg"], reason="x", territory=2), f.events[1]),
    "closed by two": several(add("batch", proposed("close", OPENS + HOUR + 9), nth=2), put("voting-closed", at=OPENS + HOUR + 10, by=two())),
    "small batches that are due, with promises of one hour": several(rules(batch={"at_least": 4, "within": 7199}), lambda f: due_twice(f)),
    "small batches that are due an hour apart": lambda f: due_twice(f, OPENS + 2 * HOUR),
    "batches that are due and no smaller than full ones": several(rules(batch={"at_least": 1, "within": 86_400}), lambda f: due_twice(f)),
    "an empty district": rules(district=""), "a title with controls": rules(title="а\u0001б\n\"\\\u007f"), "a title beyond U+FFFF": rules(title="🌳"),
    "opened by the schedule": lambda f: (f.events.pop(f.at("proposed")), f.set("voting-opened", at=OPENS, by="schedule"), f.set("voting-paused", at=OPENS)),
    "a note with a stranger's signature": lambda f: setattr(f, "sign", lambda text: sign_note(f.rules["origin"], f.keys.log, text) + f"— a.stranger/x {b64(bytes(77))}\n".encode()),
    "a stranger's signature first": lambda f: setattr(f, "sign", lambda text: (text + "\n" + f"— a.stranger/x {b64(bytes(5))}\n").encode() + sign_note(f.rules["origin"], f.keys.log, text)[len(text.encode()) + 1 :]),
    "a witness with ML-DSA-44": cosigners(by(W1), by_lattice(), keys=lattice_keys),
    "two of three witnesses": cosigners(by(W1), by(W3)), "all three witnesses": cosigners(by(W1), by(W2), by(W3), quorum=3), "a witness who signed twice": cosigners(by(W1), by(W1, seconds=5), by(W2)),
    "a stranger's cosignature": cosigners(by(W1), by(W2), lambda text: f"— x.example/y {b64(bytes(76))}\n".encode()), "a witness whose first time is nought": cosigners(by(W1, seconds=0), by(W1), by(W2)),
    "the signature twice": lambda f: setattr(f, "sign", lambda text: (lambda note: note + note[len(text.encode()) + 1 :])(sign_note(f.rules["origin"], f.keys.log, text))),
}
