"""A log over HTTP: tiles and entries as C2SP tlog-tiles lays them out, written by the package aics-tlog and served from memory; then
manipulated, and read by Go's tlog (log_check.go), by aics-tlog and by `veche monitor`. All must take the honest log, and everybody must
refuse every manipulation of what they read; a monitor reads every line and makes the hashes itself, so that it asks for no tile of hashes.

    served.py --go PROGRAM --veche PROGRAM
"""

import argparse
import collections
import http.server
import os
import random
import subprocess
import sys
import tempfile
import threading

import cases_log
import forge

# No round's: its lines say nothing that a reader could judge, so that what is refused is refused for the log's sake.
ORIGIN = "localhost/rounds-of-nothing/served"
SECRET = forge.ed25519_secret("served log")
VKEY = forge.vkey(ORIGIN, SECRET)
SIZE = 700  # two full tiles and a partial one, and a level above them


class Server:
    """Serves {path: bytes} under a prefix of its own for each log, so that nothing is cached between two of them."""

    def __init__(self):
        self.logs, self.asked = {}, collections.Counter()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                name, _, path = self.path.lstrip("/").partition("/")
                # Whoever has the address of a round asks below it.
                data = outer.logs.get(name, {}).get(path.removeprefix("log/"))
                outer.asked[name] += 1
                self.send_response(200 if data is not None else 404)
                data = b"" if data is None else data
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def add(self, files):
        name = f"log{len(self.logs)}"
        self.logs[name] = files
        return f"http://127.0.0.1:{self.http.server_address[1]}/{name}"


def honest():
    """({path: bytes}, entries) of a log written by aics-tlog."""
    from aics_tlog import Checkpoint, DirectoryTileStore, IncrementalTileWriter, sign_checkpoint

    entries = [forge.verify.canonical({"event": {"said": f"line {i} " + "я" * (i % 60)}, "index": i}) for i in range(SIZE)]
    with tempfile.TemporaryDirectory() as folder:
        store = DirectoryTileStore(folder)
        writer = IncrementalTileWriter(store, size=0)
        writer.append(entries)
        note = sign_checkpoint(Checkpoint(ORIGIN, writer.size, writer.root()), SECRET, ORIGIN).to_bytes()
        files = {"checkpoint": note, "vkey": VKEY.encode() + b"\n"}
        for where, _, names in os.walk(os.path.join(folder, "tile")):
            for name in names:
                path = os.path.join(where, name)
                with open(path, "rb") as file:
                    files[os.path.relpath(path, folder).replace(os.sep, "/")] = file.read()
    return files, entries


def resign(files, size, root):
    return {**files, "checkpoint": forge.sign_note(ORIGIN, SECRET, f"{ORIGIN}\n{size}\n{forge.b64(root)}\n")}


def entry_bundle(entries):
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def root_of(entries):
    tree = forge.verify.Tree()
    for entry in entries:
        tree.add(forge.verify.leaf_hash(entry))
    return tree.root()


def manipulations(files, entries):
    draw = random.Random(cases_log.SEED)
    tiles = sorted(path for path in files if path.startswith("tile/"))
    cases = {}
    for path in tiles:
        data = files[path]
        for _ in range(4):
            at = draw.randrange(len(data))
            cases[f"{path}: byte {at} changed"] = {**files, path: data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]}
        cases[f"{path}: missing"] = {name: other for name, other in files.items() if name != path}
        cases[f"{path}: cut by one byte"] = {**files, path: data[:-1]}
        cases[f"{path}: cut by 32 bytes"] = {**files, path: data[:-32]}
        cases[f"{path}: a byte more"] = {**files, path: data + b"\0"}
        cases[f"{path}: 32 bytes more"] = {**files, path: data + bytes(32)}
        cases[f"{path}: empty"] = {**files, path: b""}
        if len(data) >= 64:
            cases[f"{path}: the first two hashes' places exchanged"] = {**files, path: data[32:64] + data[:32] + data[64:]}
    cases["tiles 0 and 1 exchanged"] = {**files, "tile/0/000": files["tile/0/001"], "tile/0/001": files["tile/0/000"]}
    cases["entries 0 and 1 exchanged"] = {**files, "tile/entries/000": files["tile/entries/001"], "tile/entries/001": files["tile/entries/000"]}
    partial = f"tile/entries/002.p/{SIZE - 512}"
    for name, some in {
        "a withheld entry": entries[512:-1], "an entry twice": entries[512:] + entries[-1:], "an entry changed": entries[512:-1] + [b"{}"],
        "two entries exchanged": [entries[513], entries[512], *entries[514:]], "an empty entry": entries[512:-1] + [b""],
    }.items():
        cases[name] = {**files, partial: entry_bundle(some)}
    cases["a length that is too large"] = {**files, partial: b"\xff\xff" + files[partial][2:]}
    cases["a root of other lines, signed"] = resign(files, SIZE, root_of(entries[:-1] + [b"{}"]))
    cases["a line more than there is, signed"] = resign(files, SIZE + 1, root_of(entries + [b"{}"]))
    cases["a head of 2^40 lines, signed"] = resign(files, 2**40, root_of(entries))
    for name, note in cases_log.checkpoint_cases(files["checkpoint"], forge.sign_note("localhost/rounds/other", SECRET, "localhost/rounds/other\n1\n" + forge.b64(bytes(32)) + "\n")).items():
        cases[f"checkpoint: {name}"] = {**files, "checkpoint": note}
    return cases


# What aics-tlog takes and may: a limit that is ours, and a note whose last line does not end.
ONLY_OURS = {"checkpoint: 65 signatures", "checkpoint: no end of the last line"}

# What a monitor takes and may: leaves behind those that the head covers, of which it reads none.
UNREAD = {f"tile/entries/002.p/{SIZE - 512}: 32 bytes more", "an entry twice"}


def read_with_aics(url):
    """(exit code, what was wrong) of aics-tlog on the log at this address."""
    import aics_tlog

    try:
        fetched = aics_tlog.HttpTileReader([url])
        note = aics_tlog.parse_note(fetched.read_checkpoint())
        result = aics_tlog.verify_checkpoint(note, aics_tlog.parse_vkey(VKEY))
        if not result.ok or result.origin != ORIGIN:
            return 1, "checkpoint"
        aics_tlog.audit_tiles(fetched, result.size, result.root)
        return 0, ""
    except Exception as error:
        return 1, f"{type(error).__name__}: {error}"


def read_with_monitor(veche, url):
    """(exit code, what it said) of one look of `veche monitor` that waits for nothing."""
    with tempfile.TemporaryDirectory() as state:
        command = [veche, "monitor", "--once", "--patience", "0s", "--state", state, "--log-key", VKEY, url]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def read_by_monitors(name):
    """Whether a monitor asks for what was changed."""
    return not name.startswith(("tile/0/", "tile/1/")) and name != "tiles 0 and 1 exchanged" and name not in UNREAD


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--go", required=True)
    parser.add_argument("--veche", required=True)
    options = parser.parse_args()
    server = Server()
    files, entries = honest()
    cases = {"the honest log": files, **manipulations(files, entries)}
    counts, wrong = collections.Counter(), []
    for name, served in cases.items():
        url = server.add(served)
        wanted = 0 if name == "the honest log" else 1
        done = subprocess.run([options.go, "-url", url, "-vkey", VKEY, "-index", "0", "-index", "699"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        answers = {"go": (done.returncode, done.stdout.decode(errors="replace"))}
        if name not in ONLY_OURS:
            answers["aics-tlog"] = read_with_aics(url)
        if read_by_monitors(name):
            answers["veche monitor"] = read_with_monitor(options.veche, url)
        for program, (code, _) in answers.items():
            counts[program] += code == wanted
        if any(code != wanted for code, _ in answers.values()):
            wrong.append((name, answers))
    print(f"served: 1 honest log, {len(cases) - 1} manipulations; right: " + ", ".join(f"{program} {n}" for program, n in counts.items()))
    print(f"disagreements: {len(wrong)}")
    for name, answers in wrong:
        print(f"  {name}: " + "; ".join(f"{program} {code} {text.strip()[:200]}" for program, (code, text) in answers.items()))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
