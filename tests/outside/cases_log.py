"""Manipulations of an honest bundle's log and of its checkpoint, as a server or a mirror without the log's key could make them."""

import base64
import json
import random
import re

SEED = 20271126


def spaced(line):
    return json.dumps(json.loads(line), ensure_ascii=False).encode()


def unsorted(line):
    value = json.loads(line)
    return json.dumps({name: value[name] for name in sorted(value, reverse=True)}, ensure_ascii=False, separators=(",", ":")).encode()


def sub(pattern, replacement):
    def edit(line):
        changed = re.sub(pattern.encode(), replacement if callable(replacement) else replacement.encode(), line, count=1)
        assert changed != line, pattern
        return changed
    return edit


# What one line can become. Each is tried on several lines; JSON readers that are lenient would read many of them as the same event.
SPELLINGS = {
    "a space after the line": lambda line: line + b" ",
    "a tab before the line": lambda line: b"\t" + line,
    "CRLF": lambda line: line + b"\r",
    "spaces inside": spaced,
    "names in another order": unsorted,
    "index as 1.0": sub(r'"index":(\d+)', r'"index":\1.0'),
    "index with a leading zero": sub(r'"index":', r'"index":0'),
    "index with an exponent": sub(r'"index":(\d+)', r'"index":\1e0'),
    "index as text": sub(r'"index":(\d+)', r'"index":"\1"'),
    "index with a plus": sub(r'"index":', r'"index":+'),
    "index is one more": sub(r'"index":(\d+)', lambda m: b'"index":%d' % (int(m[1]) + 1)),
    "index beyond 64 bits": sub(r'"index":(\d+)', r'"index":\g<1>00000000000000000000000'),
    "index twice": sub(r',"previous"', lambda m: b',"index":0,"previous"'),
    "event twice": lambda line: b'{"event":null,' + line[1:],
    "an unknown name": sub(r',"previous"', r',"note":"","previous"'),
    "a comment": sub(r',"previous"', r',/**/"previous"'),
    "a comma too many": sub(r"}$", r",}"),
    "capital hex": sub(r'"previous":"([0-9a-f]{64})', lambda m: b'"previous":"' + m[1].upper()),
    "previous cut short": sub(r'"previous":"..', r'"previous":"'),
    "previous null": sub(r'"previous":"[0-9a-f]{64}"', r'"previous":null'),
    "previous of zeros": sub(r'"previous":"[0-9a-f]{64}"', '"previous":"' + "f" * 64 + '"'),
    "an escape that is not needed": sub(r'"event"', r'"\\u0065vent"'),
    "a byte that is no UTF-8": lambda line: line[:12] + b"\xff" + line[12:],
    "a zero byte": lambda line: line[:-1] + b"\x00}",
    "an array around it": lambda line: b"[" + line + b"]",
    "nothing left of it": lambda line: b"",
    "an empty object": lambda line: b"{}",
    "half of it": lambda line: line[: len(line) // 2],
    "a byte order mark": lambda line: b"\xef\xbb\xbf" + line,
}


def whole_files(data, lines, draw):
    """Edits of the file as a whole: {name: bytes}."""
    last = lines[-1]
    join = lambda some: b"".join(line + b"\n" for line in some)
    cases = {
        "every line ends in CRLF": data.replace(b"\n", b"\r\n"),
        "every line ends in CR": data.replace(b"\n", b"\r"),
        "no end of the last line": data[:-1],
        "an empty line at the end": data + b"\n",
        "an empty line at the start": b"\n" + data,
        "a zero byte at the end": data + b"\x00",
        "spaces at the end": data + b"  ",
        "a line of spaces at the end": data + b"  \n",
        "a line of rubbish at the end": data + b"rubbish\n",
        "two copies of the log": data + data,
        "an empty file": b"",
        "only the first line": lines[0] + b"\n",
        "only line ends": b"\n" * len(lines),
        "the lines backwards": join(reversed(lines)),
        "one line without line ends": data.replace(b"\n", b""),
        "a byte order mark": b"\xef\xbb\xbf" + data,
        "in UTF-16": data.decode().encode("utf-16"),
        "as one JSON list": b"[" + data[:-1].replace(b"\n", b",") + b"]\n",
        "padded with 1 MiB of zero bytes": data + bytes(1 << 20),
        "the last line again with the next index": data + re.sub(rb'"index":\d+', b'"index":%d' % len(lines), last) + b"\n",
    }
    for cut in (2, 3, 10, 64, len(last) // 2, len(last), len(last) + 1, len(last) + 2):
        cases[f"cut by {cut} bytes"] = data[:-cut]
    for lost in (1, 2, 3, 5, 8, 20):
        cases[f"the last {lost} lines missing"] = join(lines[:-lost])
    for number in range(48):
        at, bit = draw.randrange(len(data)), draw.randrange(8)
        flipped = bytearray(data)
        flipped[at] ^= 1 << bit
        cases[f"bit {bit} of byte {at} flipped"] = bytes(flipped)
    for number in draw.sample(range(len(lines)), 12):
        cases[f"line {number + 1} dropped"] = join(lines[:number] + lines[number + 1 :])
        cases[f"line {number + 1} twice"] = join(lines[: number + 1] + lines[number:])
    for number in draw.sample(range(len(lines) - 1), 10):
        cases[f"lines {number + 1} and {number + 2} exchanged"] = join(lines[:number] + [lines[number + 1], lines[number]] + lines[number + 2 :])
    for number in draw.sample(range(len(lines)), 6):
        other = draw.choice([i for i in range(len(lines)) if i not in (number, number - 1)])
        moved = lines[:number] + lines[number + 1 :]
        moved.insert(other, lines[number])
        cases[f"line {number + 1} moved to {other + 1}"] = join(moved)
        inserted = lines[:number] + [lines[other]] + lines[number:]
        cases[f"line {other + 1} inserted at {number + 1}"] = join(inserted)
    return cases


def log_cases(data, each_spelling=3):
    """{name: log.jsonl}."""
    draw = random.Random(SEED)
    lines = data.split(b"\n")[:-1]
    cases = whole_files(data, lines, draw)
    for name, edit in SPELLINGS.items():
        for number in draw.sample(range(1, len(lines)), each_spelling):
            cases[f"{name}, line {number + 1}"] = b"".join(line + b"\n" for line in lines[:number] + [edit(lines[number])] + lines[number + 1 :])
    assert all(changed != data for changed in cases.values())
    return cases


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


ORDER = 2**252 + 27742317777372353535851937790883648493


def checkpoint_cases(note, other_note):
    """{name: checkpoint}. `other_note` is the checkpoint of another round."""
    text = note.decode()
    origin, size, root = text.split("\n")[:3]
    head, _, tail = text.rpartition("\n\n")
    dash, name, signature = tail.rstrip("\n").split(" ")
    raw = base64.b64decode(signature)
    sign = lambda data, who=name: f"— {who} {base64.b64encode(data).decode()}\n"
    build = lambda a=origin, b=size, c=root, more="", under=None: f"{a}\n{b}\n{c}\n{more}\n{under or sign(raw)}".encode()
    scalar = int.from_bytes(raw[36:], "little")
    digits = base64.b64decode(root)
    loose = signature[:-2] + chr(ord(signature[-2]) + 1) + "="  # other bits where base64 has none to give
    loose_root = root[:-2] + chr(ord(root[-2]) + 1) + "="
    cases = {
        "size one more": build(b=str(int(size) + 1)), "size one less": build(b=str(int(size) - 1)), "size 0": build(b="0"),
        "size with a leading zero": build(b="0" + size), "size with a plus": build(b="+" + size), "size negative": build(b="-" + size),
        "size in hex": build(b=hex(int(size))), "size with a space": build(b=size + " "), "size 2^63": build(b=str(2**63)),
        "size 2^64": build(b=str(2**64)), "size of 1000 digits": build(b="9" * 1000), "size empty": build(b=""), "size as 1e2": build(b="1e2"),
        "root in hex": build(c=digits.hex()), "root cut short": build(c=base64.b64encode(digits[:-1]).decode()),
        "root too long": build(c=base64.b64encode(digits + b"\0").decode()), "root without padding": build(c=root.rstrip("=")),
        "root with loose bits": build(c=loose_root), "root empty": build(c=""), "root in URL's alphabet": build(c=root.replace("+", "-").replace("/", "_").rstrip("=")),
        "root of the empty tree": build(c="47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        "another origin": build(a="localhost/rounds/other"), "origin empty": build(a=""), "origin with a space": build(a=origin + " "),
        "origin in capitals": build(a=origin.upper()), "origin and size exchanged": build(a=size, b=origin),
        "an extension line": build(more="extension\n"), "an extension line of spaces": build(more=" \n"), "two empty lines": build(more="\n"),
        "a line missing": f"{origin}\n{size}\n\n{sign(raw)}".encode(),
        "no signature": f"{origin}\n{size}\n{root}\n\n".encode(), "no empty line and no signature": f"{origin}\n{size}\n{root}\n".encode(),
        "no empty line": f"{origin}\n{size}\n{root}\n{sign(raw)}".encode(),
        "signature of another name": build(under=sign(raw, "localhost/rounds/other")), "signature of another key id": build(under=sign(flipped(raw, 3))),
        "signature of no bytes": build(under=sign(raw[:4])), "signature cut short": build(under=sign(raw[:-1])), "signature too long": build(under=sign(raw + b"\0")),
        "signature with a timestamp": build(under=sign(raw[:4] + bytes(8) + raw[4:])),
        "signature of zeros": build(under=sign(raw[:4] + bytes(64))),
        "signature with S + L": build(under=sign(raw[:36] + (scalar + ORDER).to_bytes(32, "little"))),
        "signature with loose bits": build(under=f"— {name} {loose}\n"), "signature without padding": build(under=f"— {name} {signature.rstrip('=')}\n"),
        "signature in hex": build(under=f"— {name} {raw.hex()}\n"), "signature with a space": build(under=f"— {name} {signature} \n"),
        "two spaces": build(under=f"—  {name} {signature}\n"), "a hyphen for the dash": build(under=f"- {name} {signature}\n"),
        "a short dash": build(under=f"– {name} {signature}\n"), "two hyphens for the dash": build(under=f"-- {name} {signature}\n"),
        "name with a plus": build(under=f"— {name}+x {signature}\n" ), "no name": build(under=f"— {signature}\n"),
        "a wrong second signature of the key": build(under=sign(raw) + sign(flipped(raw, 77))),
        "a wrong first signature of the key": build(under=sign(flipped(raw, 77)) + sign(raw)),
        "signature followed by a text": build(under=sign(raw) + "text\n"), "signature followed by an empty line": build(under=sign(raw) + "\n"),
        "65 signatures": build(under=sign(raw) + "".join(sign(bytes([i]) * 68, f"witness-{i}") for i in range(1, 65))),
        "no end of the last line": note[:-1], "an empty line at the start": b"\n" + note, "CRLF": note.replace(b"\n", b"\r\n"), "a tab": build(b=size + "\t"),
        "a zero byte at the end": note + b"\0", "a byte order mark": b"\xef\xbb\xbf" + note, "a byte that is no UTF-8": note.replace(b"rounds", b"round\xff"),
        "the note twice": note + note, "an empty file": b"", "longer than 1 MiB": build(under=sign(raw) + sign(bytes(1 << 20), "witness")),
        "another round's checkpoint": other_note, "another round's signature": f"{head}\n\n{other_note.decode().rpartition(chr(10) * 2)[2]}".encode(),
        "in UTF-16": text.encode("utf-16"),
    }
    for bit in range(5, 512, 41):
        cases[f"bit {bit} of the signature flipped"] = build(under=sign(raw[:4] + flipped(raw[4:], bit)))
    for bit in range(7, 256, 31):
        cases[f"bit {bit} of the root flipped"] = build(c=base64.b64encode(flipped(digits, bit)).decode())
    assert all(changed != note for changed in cases.values())
    return cases
