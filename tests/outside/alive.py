"""A running service, read, cosigned and rechecked by programs that are not ours: `aics-witness` cosigns its log while it grows, Go's tlog
and aics-tlog read it through its tiles, and proofbundle takes its receipts and refuses changed ones.

    alive.py --veche PROGRAM --go PROGRAM
"""

import argparse
import base64
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import forge

SLUG = "ozersk-2027"
WITNESS = "witness.example/outside"
PATIENCE = 90  # seconds until something that must happen counts as not happening


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(url, token=None, body=None):
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(url, headers=headers, data=None if body is None else json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def wait_for(what, look):
    begun, fault = time.monotonic(), None
    while time.monotonic() - begun < PATIENCE:
        try:
            found = look()
            if found is not None:
                return found
        except OSError as error:
            fault = error
        time.sleep(0.2)
    raise SystemExit(f"FAILED: {what} did not happen in {PATIENCE} s ({fault})")


def check(what, holds, detail=""):
    if not holds:
        raise SystemExit(f"FAILED: {what} {detail}")
    print(f"ok  {what}")


class Stage:
    """The service and the witness, each in a process of its own that ends with us."""

    def __init__(self, options, folder):
        self.options, self.folder, self.processes = options, folder, []

    def start(self, *command, **more):
        with open(os.path.join(self.folder, f"{len(self.processes)}.log"), "wb") as log:
            process = subprocess.Popen(command, cwd=self.folder, stderr=log, **{"stdout": log, **more})
        self.processes.append(process)
        return process

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()

    def demo(self):
        """A round that is open, with 60 ballots; the service is ended as by a power cut. Returns the officials' tokens."""
        data = os.path.join(self.folder, "data")
        demo = self.start(self.options.veche, "demo", "--json", "--residents", "60", "--dir", data, stdout=subprocess.PIPE)
        told = json.loads(demo.stdout.readline())
        demo.send_signal(signal.SIGKILL)
        demo.wait()
        return told["tokens"]

    def witness(self, origin, vkey):
        """aics-witness, told of the log. Returns (its vkey, its address)."""
        port, command = free_port(), [sys.executable, "-m", "aics_witness"]
        config = ["--config", os.path.join(self.folder, "witness.json")]
        made = subprocess.run([*command, "init", *config, "--name", WITNESS, "--listen", f"127.0.0.1:{port}"], check=True, stdout=subprocess.PIPE)
        subprocess.run([*command, "add-log", *config, "--origin", origin, "--vkey", vkey], check=True, stdout=subprocess.DEVNULL)
        self.start(*command, "serve", *config)
        wait_for("the witness listening", lambda: ask(f"http://127.0.0.1:{port}/healthz"))
        return made.stdout.decode().split()[-1], f"http://127.0.0.1:{port}/"

    def serve(self, witness):
        port = free_port()
        settings = os.path.join(self.folder, "veche.toml")
        with open(settings, "w") as file:
            file.write(f'listen = "127.0.0.1:{port}"\ndata = "data"\nhost = "localhost"\n')
            if witness:
                file.write(f'[[witnesses]]\nkey = "{witness[0]}"\nurl = "{witness[1]}"\n')
        process = self.start(self.options.veche, "--config", settings, "serve")
        url = f"http://127.0.0.1:{port}"
        wait_for("the service listening", lambda: ask(f"{url}/rounds/{SLUG}/log/checkpoint"))
        return process, url


def size_of(note):
    return int(note.decode().split("\n")[1])


def cosigned_head(log, vkey, least):
    """The head that the log serves, once it has at least this many lines and the witness signed it."""
    name, key_id = vkey.split("+")[:2]

    def look():
        note = ask(f"{log}/checkpoint")
        for line in note.decode().split("\n\n")[1].splitlines():
            _, signer, signature = line.split(" ")
            if signer == name and base64.b64decode(signature)[:4].hex() == key_id and size_of(note) >= least:
                return note
        return None

    return wait_for(f"a cosignature of {name} on a head of {least} lines or more", look)


def ballots(log, size):
    """[(index, line, SHA-256 of the ballot)] of the log, read through its entry tiles by aics-tlog and checked against its head."""
    import aics_tlog

    reader = aics_tlog.HttpTileReader([log])
    checkpoint = aics_tlog.parse_checkpoint(aics_tlog.parse_note(reader.read_checkpoint()).text)
    aics_tlog.audit_tiles(reader, checkpoint.size, checkpoint.root)
    tiles, found = aics_tlog.VerifiedTileReader(reader, checkpoint.size, checkpoint.root), []
    for index in range(size):
        line = tiles.entry(index)
        event = json.loads(line)["event"]
        if "ballot" in event:
            found.append((index, line, hashlib.sha256(base64.b64decode(event["ballot"]["envelope"])).hexdigest()))
    return found


def receipts(api, cast, log_vkey, witness_vkey, origin, least):
    """Every receipt is taken by proofbundle, with the witness's signature, and changed ones are not."""
    from proofbundle.tlogproof import verify_tlog_proof

    def holds(proof, line):
        return verify_tlog_proof(proof, line, log_vkey, [witness_vkey], threshold=1, expected_origin=origin)["ok"]

    def cosigned(receipt):
        return receipt if int(receipt["proof"].split("\n\n")[1].split("\n")[1]) >= least else None

    changed = refused = 0
    for index, line, ballot in cast:
        receipt = wait_for("a receipt of the newest head", lambda: cosigned(json.loads(ask(f"{api}/receipts/{ballot}"))))
        check_quietly(f"receipt of line {index}", receipt["index"] == index and receipt["line"].encode() == line and holds(receipt["proof"], line))
        for proof, about in manipulations(receipt["proof"], line, index):
            changed += 1
            if holds(proof, about):
                raise SystemExit(f"FAILED: proofbundle takes a changed receipt of line {index}: {proof!r}")
            refused += 1
    check(f"proofbundle takes {len(cast)} receipts with the witness's cosignature, and refuses {refused} of {changed} changed ones", cast and refused == changed > 200)


def check_quietly(what, holds):
    if not holds:
        raise SystemExit(f"FAILED: {what}")


def manipulations(proof, line, index):
    """(changed proof, line) pairs, none of which proves the line."""
    head, _, note = proof.partition("\n\n")
    lines = head.split("\n")
    text, _, under = note.rpartition("\n\n")
    origin, size, root = text.split("\n")[:3]
    build = lambda parts=lines, body=text, signatures=under: "\n".join(parts) + "\n\n" + body + "\n\n" + signatures
    yield proof, line + b" "
    yield proof, line[:-1]
    yield proof, bytes([line[0] ^ 1]) + line[1:]
    yield build([lines[0], f"index {index + 1}", *lines[2:]]), line
    yield build([lines[0], f"index {index ^ 1}", *lines[2:]]), line
    yield build([lines[0], "index 0" + str(index), *lines[2:]]), line
    yield build([lines[0], *lines[2:]]), line
    yield build(["c2sp.org/tlog-proof@v2", *lines[1:]]), line
    yield build(lines[:-1]), line
    yield build([*lines, lines[-1]]), line
    yield build([*lines[:2], *lines[3:]]), line
    yield build([*lines[:2], *reversed(lines[2:])]), line
    yield build([*lines[:-1], base64.b64encode(bytes(32)).decode()]), line
    yield build([*lines[:-1], lines[-1][:-4]]), line
    yield build(body=f"{origin}\n{int(size) + 1}\n{root}"), line
    yield build(body=f"{origin}x\n{size}\n{root}"), line
    yield build(body=f"{origin}\n{size}\n{base64.b64encode(bytes(32)).decode()}"), line
    signers = under.splitlines(keepends=True)
    yield build(signatures="".join(s for s in signers if WITNESS in s)), line
    yield build(signatures="".join(s for s in signers if WITNESS not in s)), line
    for number, signer in enumerate(signers):
        dash, name, signature = signer.split(" ")
        raw = bytearray(base64.b64decode(signature))
        for at in (5, 13, len(raw) - 1):
            raw[at] ^= 4
            yield build(signatures="".join([*signers[:number], f"{dash} {name} {base64.b64encode(raw).decode()}\n", *signers[number + 1 :]])), line
            raw[at] ^= 4
    yield proof.replace("\n", "\r\n"), line


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--veche", required=True)
    parser.add_argument("--go", required=True)
    options = parser.parse_args()
    options.veche, options.go = os.path.abspath(options.veche), os.path.abspath(options.go)
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(options, folder)
        try:
            play(stage, options, folder)
        finally:
            stage.end()
    return 0


def play(stage, options, folder):
    tokens = stage.demo()
    process, url = stage.serve(None)
    log = f"{url}/rounds/{SLUG}/log"
    vkey = ask(f"{log}/vkey").decode().strip()
    origin, first = vkey.split("+")[0], ask(f"{log}/checkpoint")
    with open(os.path.join(folder, "first"), "wb") as file:
        file.write(first)
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    witness = stage.witness(origin, vkey)
    process, url = stage.serve(witness)
    log, api = f"{url}/rounds/{SLUG}/log", f"{url}/api/v1/rounds/{SLUG}"
    before = cosigned_head(log, witness[0], size_of(first))
    print(f"ok  aics-witness cosigned a head of {size_of(before)} lines")
    with open(os.path.join(folder, "before"), "wb") as file:
        file.write(before)
    for step in ("pause", "resume"):
        ask(f"{api}/steps", tokens["official-1"], {"step": step, "reason": "проверка"})
    after = cosigned_head(log, witness[0], size_of(before) + 2)
    print(f"ok  the log grew, and aics-witness cosigned its head of {size_of(after)} lines after a proof of consistency")
    witnesses = json.loads(ask(f"{log}/witnesses"))["witnesses"]
    check("the service shows what the witness signed", [w["size"] for w in witnesses if w["key"] == witness[0]] == [size_of(after)], witnesses)
    command = [options.go, "-url", log, "-vkey", vkey, "-witness", witness[0], "-pairs", "-index", "0", "-index", str(size_of(after) - 1)]
    for name in ("first", "before"):
        command += ["-old", os.path.join(folder, name)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=120)
    check("Go's tlog reads the log through its tiles: " + done.stdout.decode().strip(), done.returncode == 0)
    stranger = forge.vkey(WITNESS, forge.ed25519_secret("stranger"), kind=4)
    done = subprocess.run([*command[:5], "-witness", stranger], stdout=subprocess.PIPE, check=False, timeout=120)
    check("and asks for the witness's own key: " + done.stdout.decode().strip(), done.returncode == 1 and b"did not sign" in done.stdout)
    cast = ballots(log, size_of(after))
    check(f"aics-tlog reads the same, with {len(cast)} ballots", len(cast) >= 20)
    receipts(api, cast, vkey, witness[0], origin, size_of(after))


if __name__ == "__main__":
    sys.exit(main())
