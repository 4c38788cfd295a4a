"""Holds three verifiers against each other: `veche-audit` (Rust), docs/verify.py (Python) and log_check.go (Go's own tlog and note).
All must accept honest bundles, and everybody in whose scope it is must refuse each manipulation. The table of disagreements must be empty.

    manipulations.py --audit PROGRAM --go PROGRAM --demo FOLDER...     (folders of bundles made by `veche demo`)
"""

import argparse
import collections
import contextlib
import io
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile

import cases_bundle
import cases_log
import cases_round
import forge

ALL, BUNDLE = ("ours", "python", "go"), ("ours", "python")
Case = collections.namedtuple("Case", "group name scope accept make vkey")
OPTIONS, KEYS, CASES = None, None, []
# Which check must be among those that refuse, so that no case is refused for a reason of its making alone.
CAUGHT_BY = {
    "log": {"lines", "checkpoint", "acts"}, "checkpoint": {"checkpoint"}, "log key": {"checkpoint"}, "spelling": {"lines"}, "acts": {"acts", "register", "certificate", "ballots"}, "rules": {"acts", "lines"},
    "ballots": {"ballots", "acts", "register"}, "count": {"recount", "acts", "lines"}, "certificate": {"certificate", "acts"}, "register": {"register"}, "witnesses": {"witnesses", "acts", "lines"},
    "keys": {"result"}, "result": {"result", "files"}, "sums": {"files"}, "archives": {"files"}, "files": {"files", "register", "result", "checkpoint", "lines"},
}


def raw(demo, file, data):
    """A copy of a demo's bundle with one file's bytes changed and the sums made again."""
    def make(folder):
        shutil.copytree(demo, folder)
        cases_bundle.write(folder, file, data)
        forge.sums(folder)
    return make


def around(demo, edit):
    def make(folder):
        shutil.copytree(demo, folder)
        edit(folder)
    return make


def forged(edit, kind="approval"):
    def make(folder):
        voting, choices = cases_round.KINDS[kind]
        forgery = forge.Forgery(KEYS, forge.rules_of(KEYS, **voting), choices)
        edit(forgery)
        forgery.write(folder)
    return make


def rewritten(demo, edit):
    """A demo's log that is chained and signed again, with another key under the same name, after an edit of its events."""
    def make(folder):
        shutil.copytree(demo, folder)
        events = [json.loads(line)["event"] for line in cases_bundle.read(demo, "log.jsonl").splitlines()]
        edit(events)
        origin, tree, previous, lines = events[0]["published"]["rules"]["origin"], forge.verify.Tree(), bytes(32), []
        for index, event in enumerate(events):
            lines.append(forge.verify.canonical({"event": event, "index": index, "previous": previous.hex()}))
            previous = forge.hash_of(lines[-1])
            tree.add(previous)
        text = f"{origin}\n{len(lines)}\n{forge.b64(tree.root())}\n"
        cases_bundle.write(folder, "log.jsonl", b"".join(line + b"\n" for line in lines))
        cases_bundle.write(folder, "checkpoint", forge.sign_note(origin, KEYS.log, text))
        forge.sums(folder)
    return make


def own_key(events):
    rules = events[0]["published"]["rules"]
    rules["log_key"] = forge.vkey(rules["origin"], KEYS.log)


REWRITES = {
    "nothing changed, another key signed": lambda events: None,
    "another key signed and the rules name it": own_key,
    "a ballot dropped": lambda events: events.pop(next(i for i, e in enumerate(events) if "ballot" in e)),
    "another count": lambda events: next(e for e in events if "tallied" in e)["tallied"]["outcome"].update(blank=60),
    "the last line dropped": lambda events: events.pop(),
    "a ballot dropped and the key exchanged": lambda events: (own_key(events), events.pop(next(i for i, e in enumerate(events) if "ballot" in e))),
}


def spelled(edit, number):
    """A forged round in which one line is spelled otherwise, and chain, tree and signature are made over that spelling."""
    def make(folder):
        forgery = forge.Forgery(KEYS)
        forgery.write(folder)
        lines = cases_bundle.read(folder, "log.jsonl").splitlines()
        lines[number] = edit(lines[number])
        tree = forge.verify.Tree()
        for index, line in enumerate(lines):
            if index > number:
                value = json.loads(line)
                value["previous"] = previous.hex()
                line = lines[index] = forge.verify.canonical(value)
            previous = forge.verify.leaf_hash(line)
            tree.add(previous)
        cases_bundle.write(folder, "log.jsonl", b"".join(line + b"\n" for line in lines))
        cases_bundle.write(folder, "checkpoint", forgery.sign(f"{forgery.rules['origin']}\n{len(lines)}\n{forge.b64(tree.root())}\n"))
        forge.sums(folder)
    return make


def log_key(folder):
    with open(os.path.join(folder, "keys.json")) as file:
        return json.load(file)["log_key"]


def collect(demos):
    def add(group, cases, scope, accept, make, vkey=None):
        CASES.extend(Case(group, name, scope, accept, make(value), vkey) for name, value in cases.items())

    first, key = demos[0], log_key(demos[0])
    other = cases_bundle.read(demos[1] if len(demos) > 1 else demos[0], "checkpoint")
    honest = {f"demo {os.path.basename(os.path.dirname(demo))}": demo for demo in demos}
    for name, demo in honest.items():
        add("honest", {name: demo}, ALL, True, lambda demo: lambda folder: shutil.copytree(demo, folder), log_key(demo))
    add("honest", cases_round.KINDS, ALL, True, lambda kind: None)
    CASES[len(honest):] = [case._replace(make=forged(lambda f: None, case.name)) for case in CASES[len(honest):]]
    add("honest", cases_round.HOLDS, ALL, True, forged)
    add("archives", cases_bundle.ARCHIVES_THAT_HOLD, BUNDLE, True, lambda edit: around(first, edit))
    add("archives", cases_bundle.ARCHIVES, BUNDLE, False, lambda edit: around(first, edit))
    add("log", cases_log.log_cases(cases_bundle.read(first, "log.jsonl")), ALL, False, lambda data: raw(first, "log.jsonl", data), key)
    add("checkpoint", cases_log.checkpoint_cases(cases_bundle.read(first, "checkpoint"), other), ALL, False, lambda data: raw(first, "checkpoint", data), key)
    add("log key", REWRITES, ALL, False, lambda edit: rewritten(first, edit), key)
    draw = random.Random(cases_log.SEED)
    add("spelling", cases_log.SPELLINGS, BUNDLE, False, lambda edit: spelled(edit, draw.randrange(1, 20)))
    for group in ("acts", "rules", "ballots", "count", "certificate", "register", "witnesses"):
        add(group, getattr(cases_round, group.upper()), BUNDLE, False, forged)
    add("count", cases_round.OTHER_COUNTS, BUNDLE, False, lambda pair: forged(pair[1], pair[0]))
    add("files", cases_bundle.FORGED, BUNDLE, False, forged)
    for group in ("keys", "result", "sums", "files"):
        add(group, getattr(cases_bundle, group.upper()), BUNDLE, False, lambda edit: around(first, edit))


def run_python(folder, vkey):
    """docs/verify.py in this process, as its command line runs it."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        code = forge.verify.main([folder, "--json", "--processes", "1", *(["--log-key", vkey] if vkey else [])])
    return code, shown.getvalue()


def run_program(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def failed_checks(text):
    try:
        return [check["name"] for check in json.loads(text)["report"]["checks"] if "failure" in check]
    except (ValueError, KeyError, TypeError):
        return []


def judge(number):
    """(number, {program: (exit code, what it said)})."""
    case, answers = CASES[number], {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = os.path.join(temporary, "bundle")
        try:
            case.make(folder)
        except Exception as error:  # a case that cannot be made tests nothing, and must not pass unseen
            return number, {"case": (9, f"{type(error).__name__}: {error}")}
        vkey, log = case.vkey, folder
        if os.path.exists(f"{folder}.tar.zst"):
            shutil.rmtree(folder)
            folder = f"{folder}.tar.zst"
        answers["ours"] = run_program(OPTIONS.audit, "--json", *(["--log-key", vkey] if vkey else []), folder)
        try:
            answers["python"] = run_python(folder, vkey)
        except BaseException as error:
            answers["python"] = (9, f"{type(error).__name__}: {error}")
        if "go" in case.scope:
            answers["go"] = run_program(OPTIONS.go, "-bundle", log, "-vkey", vkey or log_key(log))
    return number, answers


def main():
    global OPTIONS, KEYS
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audit", required=True)
    parser.add_argument("--go", required=True)
    parser.add_argument("--demo", required=True, nargs="+")
    parser.add_argument("--only", default="", help="only cases whose group and name hold this text")
    parser.add_argument("--show", action="store_true", help="what each program said")
    OPTIONS = parser.parse_args()
    KEYS = forge.Keys()
    collect(OPTIONS.demo)
    wanted = [i for i, case in enumerate(CASES) if OPTIONS.only in f"{case.group}: {case.name}"]
    table, disagreements, elsewhere = collections.defaultdict(collections.Counter), [], []
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        for number, answers in pool.imap_unordered(judge, wanted):
            case = CASES[number]
            right = {name: code == (0 if case.accept else 1) for name, (code, _) in answers.items()}
            for name in {"ours", "python"} & set(right):
                # An archive that is none is refused by ours before there are checks.
                if not case.accept and (name, case.group) != ("ours", "archives") and not CAUGHT_BY[case.group] & set(failed_checks(answers[name][1])):
                    right[name] = False
            table[case.group]["cases"] += 1
            for name, fine in right.items():
                table[case.group][name] += fine
            if not all(right.values()):
                disagreements.append((case, answers))
            elif not case.accept and set(failed_checks(answers["ours"][1])) != set(failed_checks(answers["python"][1])):
                elsewhere.append((case, answers))
            if OPTIONS.show:
                print(case.group, "|", case.name, *(f"\n    {name} {code} {text.strip()}" for name, (code, text) in sorted(answers.items())))
    print(f"{'':14}{'cases':>7}{'ours':>7}{'python':>8}{'go':>6}")
    for group in dict.fromkeys(case.group for case in CASES):
        row = table[group]
        print(f"{group:14}{row['cases']:7}{row['ours']:7}{row['python']:8}{row['go'] or '':>6}")
    manipulated = [CASES[i] for i in wanted if not CASES[i].accept]
    three = sum(case.scope == ALL for case in manipulated)
    print(f"{len(manipulated)} manipulations, {three} in the scope of all three; {len(elsewhere)} refused by both bundle verifiers with other checks")
    if os.environ.get("VECHE_OUTSIDE_CHECKS"):
        for case, answers in elsewhere:
            print(f"  {case.group}: {case.name}: ours {failed_checks(answers['ours'][1])}, python {failed_checks(answers['python'][1])}")
    print(f"disagreements: {len(disagreements)}")
    for case, answers in disagreements:
        print(f"  {case.group}: {case.name}: must be {'accepted' if case.accept else 'refused'}")
        for name, (code, text) in sorted(answers.items()):
            print(f"    {name}: exit {code} {failed_checks(text)} {text.strip()[:700] if code != (0 if case.accept else 1) else ''}")
    if disagreements or (not OPTIONS.only and three < 200):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
