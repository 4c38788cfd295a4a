// Reads a Veche log as a stranger would, with Go's own golang.org/x/mod/sumdb/{note,tlog}: over HTTP through its tiles
// (C2SP tlog-tiles), or from the folder of a bundle. Exit: 0 the log holds, 1 it does not (the fault is named), 2 not understood.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height       = 8 // of tiles: 256 hashes
	longestEntry = 1<<16 - 1
	longestNote  = 1 << 20
	longestBody  = 1 << 25 // 256 entries of the longest kind, and a bit
	mostSigners  = 64
)

type list []string

func (l *list) String() string        { return strings.Join(*l, " ") }
func (l *list) Set(text string) error { *l = append(*l, text); return nil }

// key is a verifier of note signatures: plain Ed25519 (type 1) by x/mod's note, or a cosignature (type 4) by the code below.
type key struct {
	note.Verifier
	public ed25519.PublicKey
	kind   byte
	stamp  uint64 // newest time that a witness gave
}

// Encodings of y of the points whose order divides 8, sign bit apart; crypto/ed25519 lets them pass.
var smallOrder = []string{
	"0000000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
}

func strict(point []byte) bool {
	y := append([]byte{}, point...)
	y[31] &= 0x7f
	if y[31] == 0x7f && y[0] >= 0xed && bytes.Count(y[1:31], []byte{0xff}) == 30 {
		return false // y is not below 2^255 - 19
	}
	for _, small := range smallOrder {
		if hex.EncodeToString(y) == small {
			return false
		}
	}
	return true
}

func readKey(vkey string) (*key, error) {
	parts := strings.SplitN(strings.TrimSuffix(vkey, "\n"), "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("not a verifier key: %q", vkey)
	}
	data, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(data) != 33 || !strict(data[1:]) {
		return nil, fmt.Errorf("not an Ed25519 verifier key: %q", vkey)
	}
	k := &key{public: data[1:], kind: data[0]}
	switch data[0] {
	case 1:
		k.Verifier, err = note.NewVerifier(strings.TrimSuffix(vkey, "\n"))
		return k, err
	case 4:
		hash := sha256.Sum256(append([]byte(parts[0]+"\n"), data...))
		if hex.EncodeToString(hash[:4]) != parts[1] {
			return nil, fmt.Errorf("the key's id is not that of the key: %q", vkey)
		}
		k.Verifier = cosigner{parts[0], binary.BigEndian.Uint32(hash[:4]), k}
		return k, nil
	}
	return nil, fmt.Errorf("a key of type %d", data[0])
}

// cosigner checks C2SP tlog-cosignature/v1, which x/mod's note does not know.
type cosigner struct {
	name string
	hash uint32
	key  *key
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Verify(message, signature []byte) bool {
	if len(signature) != 72 || !strict(signature[8:40]) {
		return false
	}
	stamp := binary.BigEndian.Uint64(signature)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", stamp, message)
	if !ed25519.Verify(c.key.public, []byte(signed), signature[8:]) {
		return false
	}
	if stamp > c.key.stamp {
		c.key.stamp = stamp
	}
	return true
}

// checkpoint opens a signed head: by x/mod's note, and then what Veche asks beyond it (docs/protocol.md, section 3).
func checkpoint(data []byte, log *key, witnesses []*key) (tlog.Tree, error) {
	var tree tlog.Tree
	if len(data) > longestNote {
		return tree, errors.New("checkpoint: longer than 1 MiB")
	}
	verifiers := []note.Verifier{log}
	for _, witness := range witnesses {
		verifiers = append(verifiers, witness)
	}
	opened, err := note.Open(data, note.VerifierList(verifiers...))
	if err != nil {
		return tree, fmt.Errorf("checkpoint: %w", err)
	}
	if err := everySignature(data, opened.Text, append([]*key{log}, witnesses...)); err != nil {
		return tree, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tree, errors.New("checkpoint: must be three lines: origin, size, root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tree, fmt.Errorf("checkpoint: size: %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return tree, fmt.Errorf("checkpoint: root: %q", lines[2])
	}
	if lines[0] != log.Name() {
		return tree, fmt.Errorf("checkpoint: the origin is %q, the key is of %q", lines[0], log.Name())
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

// everySignature: note.Open looks at one signature of each key and reads base64 loosely. Here every signature of the log must hold,
// at least one must be there, a witness's must hold, and the note must be what a printer prints.
func everySignature(data []byte, text string, keys []*key) error {
	signed := 0
	printed := text + "\n"
	lines := strings.Split(strings.TrimSuffix(string(data[len(text)+1:]), "\n"), "\n")
	if len(lines) > mostSigners {
		return fmt.Errorf("%d signatures", len(lines))
	}
	for _, line := range lines {
		parts := strings.Split(line, " ")
		if len(parts) != 3 {
			return fmt.Errorf("not a signature line: %q", line)
		}
		signature, err := base64.StdEncoding.DecodeString(parts[2])
		if err != nil || len(signature) < 5 {
			return fmt.Errorf("not a signature: %q", line)
		}
		printed += "— " + parts[1] + " " + base64.StdEncoding.EncodeToString(signature) + "\n"
		for i, k := range keys {
			if k.Name() != parts[1] || k.KeyHash() != binary.BigEndian.Uint32(signature) {
				continue
			}
			body := signature[4:]
			if k.kind == 1 && (len(body) != 64 || !strict(body[:32])) || !k.Verify([]byte(text), body) {
				return fmt.Errorf("a signature of %s does not verify", k.Name())
			}
			if i == 0 {
				signed++
			}
		}
	}
	if signed == 0 {
		return errors.New("the log's key did not sign")
	}
	if printed != string(data) {
		return errors.New("the note is not spelled as a printer spells it")
	}
	return nil
}

// web reads tiles over HTTP; C2SP's path is Go's without the height.
type web struct {
	base    string
	fetched map[string][]byte
	size    int64
}

func (w *web) get(path string) ([]byte, error) {
	if data, ok := w.fetched[path]; ok {
		return data, nil
	}
	client := http.Client{Timeout: 20 * time.Second}
	answer, err := client.Get(w.base + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, longestBody+1))
	if err == nil && len(data) > longestBody {
		err = fmt.Errorf("%s: too long", path)
	}
	w.fetched[path] = data
	return data, err
}

func (w *web) Height() int                             { return height }
func (w *web) SaveTiles(tiles []tlog.Tile, _ [][]byte) {}
func (w *web) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		served := w.served(tile)
		data, err := w.get(tilePath(served))
		if err != nil {
			return nil, err
		}
		if len(data) != served.W*tlog.HashSize || served.W < tile.W {
			return nil, fmt.Errorf("%s: %d bytes, must be %d", tilePath(served), len(data), served.W*tlog.HashSize)
		}
		all = append(all, data[:tile.W*tlog.HashSize])
	}
	return all, nil
}

// served is the tile as wide as the log of this size has it: a server need not keep narrower ones (C2SP tlog-tiles).
func (w *web) served(tile tlog.Tile) tlog.Tile {
	hashes := w.size>>(height*tile.L) - tile.N<<height
	if tile.W = 1 << height; hashes < 1<<height {
		tile.W = int(hashes)
	}
	return tile
}

func tilePath(tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

// fromTiles checks every tile and every entry against the signed root, and returns the authenticated hashes.
func fromTiles(w *web, tree tlog.Tree) (tlog.HashReader, error) {
	hashes := tlog.TileHashReader(tree, w)
	if tree.N > 0 {
		// The right edge first: a head that names more lines than there are must not make us list its tiles.
		if _, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, tree.N-1)}); err != nil {
			return nil, err
		}
	}
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		served, err := w.ReadTiles([]tlog.Tile{tile})
		if err != nil {
			return nil, err
		}
		expected, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tilePath(tile), err)
		}
		if !bytes.Equal(served[0], expected) {
			return nil, fmt.Errorf("%s: not the hashes of the tree", tilePath(tile))
		}
	}
	for first := int64(0); first < tree.N; first += 1 << height {
		tile := tlog.Tile{H: height, L: -1, N: first >> height, W: 1 << height}
		if rest := tree.N - first; rest < 1<<height {
			tile.W = int(rest)
		}
		data, err := w.get(tilePath(tile))
		if err != nil {
			return nil, err
		}
		for index := first; index < first+int64(tile.W); index++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("%s: cut short at entry %d", tilePath(tile), index)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			found, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
			if err != nil {
				return nil, err
			}
			if tlog.RecordHash(data[2:end]) != found[0] {
				return nil, fmt.Errorf("%s: entry %d is not the leaf of the tree", tilePath(tile), index)
			}
			data = data[end:]
		}
		if len(data) != 0 {
			return nil, fmt.Errorf("%s: %d bytes after the last entry", tilePath(tile), len(data))
		}
	}
	return hashes, nil
}

// leaf is what the tree commits to: a line's bytes, or its short form if it is too long for an entry (section 2).
func leaf(line []byte) ([]byte, error) {
	if len(line) <= longestEntry {
		return line, nil
	}
	var full struct {
		Event    json.RawMessage `json:"event"`
		Index    json.Number     `json:"index"`
		Previous string          `json:"previous"`
	}
	if err := json.Unmarshal(line, &full); err != nil {
		return nil, err
	}
	hash := sha256.Sum256(full.Event)
	short := fmt.Sprintf(`{"event":{"sha256":"%x"},"index":%s,"previous":"%s"}`, hash, full.Index, full.Previous)
	return []byte(short), nil
}

// fromLines builds the tree of a bundle's log.jsonl, checks the chain, and compares with the signed head.
func fromLines(data []byte, tree tlog.Tree) (tlog.HashReader, error) {
	if len(data) == 0 || data[len(data)-1] != '\n' {
		return nil, errors.New("log.jsonl: the last line does not end")
	}
	stored := []tlog.Hash{}
	hashes := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	var previous tlog.Hash
	lines := bytes.Split(data[:len(data)-1], []byte("\n"))
	for index, line := range lines {
		chain := fmt.Sprintf(`,"index":%d,"previous":"%x"}`, index, previous[:])
		if !bytes.HasPrefix(line, []byte(`{"event":`)) || !bytes.HasSuffix(line, []byte(chain)) {
			return nil, fmt.Errorf("log.jsonl, line %d: does not follow the line before", index+1)
		}
		entry, err := leaf(line)
		if err != nil {
			return nil, fmt.Errorf("log.jsonl, line %d: %w", index+1, err)
		}
		previous = tlog.RecordHash(entry)
		more, err := tlog.StoredHashesForRecordHash(int64(index), previous, hashes)
		if err != nil {
			return nil, err
		}
		stored = append(stored, more...)
	}
	if int64(len(lines)) != tree.N {
		return nil, fmt.Errorf("log.jsonl: %d lines, the checkpoint names %d", len(lines), tree.N)
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil || root != tree.Hash {
		return nil, fmt.Errorf("log.jsonl: the lines give the root %v, the checkpoint names %v", root, tree.Hash)
	}
	return hashes, nil
}

func inclusion(hashes tlog.HashReader, tree tlog.Tree, index int64) error {
	found, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	if err != nil {
		return err
	}
	proof, err := tlog.ProveRecord(tree.N, index, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, found[0])
}

func consistency(hashes tlog.HashReader, tree, old tlog.Tree) error {
	if old.N > tree.N {
		return fmt.Errorf("the log shrank: it had %d lines, it has %d", old.N, tree.N)
	}
	if old.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

type options struct {
	vkey, url, bundle string
	witnesses, olds   list
	indexes           list
	pairs             bool
}

func run(o options) error {
	w := &web{base: strings.TrimSuffix(o.url, "/"), fetched: map[string][]byte{}}
	read := w.get
	if o.bundle != "" {
		read = func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(o.bundle, name)) }
	}
	if o.vkey == "" {
		data, err := read("vkey")
		if err != nil {
			return err
		}
		o.vkey = string(data)
	}
	log, err := readKey(o.vkey)
	if err != nil {
		return err
	}
	if log.kind != 1 {
		return errors.New("a log's key is of type 1")
	}
	var witnesses []*key
	for _, vkey := range o.witnesses {
		witness, err := readKey(vkey)
		if err != nil {
			return err
		}
		witnesses = append(witnesses, witness)
	}
	data, err := read("checkpoint")
	if err != nil {
		return err
	}
	tree, err := checkpoint(data, log, witnesses)
	if err != nil {
		return err
	}
	for _, witness := range witnesses {
		if witness.stamp == 0 {
			return fmt.Errorf("checkpoint: the witness %s did not sign", witness.Name())
		}
	}
	var hashes tlog.HashReader
	if o.bundle != "" {
		var lines []byte
		if lines, err = read("log.jsonl"); err == nil {
			hashes, err = fromLines(lines, tree)
		}
	} else {
		w.size = tree.N
		hashes, err = fromTiles(w, tree)
	}
	if err != nil {
		return err
	}
	for _, text := range o.indexes {
		index, err := strconv.ParseInt(text, 10, 64)
		if err != nil || index < 0 || index >= tree.N {
			return fmt.Errorf("index %s: the log has %d lines", text, tree.N)
		}
		if err := inclusion(hashes, tree, index); err != nil {
			return fmt.Errorf("inclusion of %d: %w", index, err)
		}
	}
	for _, name := range o.olds {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		old, err := checkpoint(data, log, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := consistency(hashes, tree, old); err != nil {
			return fmt.Errorf("consistency with %s: %w", name, err)
		}
	}
	proofs := 0
	if o.pairs {
		if proofs, err = pairs(hashes, tree); err != nil {
			return err
		}
	}
	fmt.Printf("holds: %d lines, %d witnesses, %d inclusion and %d consistency proofs\n", tree.N, len(witnesses), len(o.indexes), len(o.olds)+proofs)
	return nil
}

// pairs: every line is included, and every size is consistent with every later one (steps are wider in long logs).
func pairs(hashes tlog.HashReader, tree tlog.Tree) (int, error) {
	proofs, step := 0, 1+tree.N/100
	for index := int64(0); index < tree.N; index++ {
		if err := inclusion(hashes, tree, index); err != nil {
			return 0, fmt.Errorf("inclusion of %d: %w", index, err)
		}
	}
	for late := tree.N; late > 0; late -= step {
		later := tlog.Tree{N: late}
		var err error
		if later.Hash, err = tlog.TreeHash(late, hashes); err != nil {
			return 0, err
		}
		for early := int64(1); early <= late; early += step {
			old, err := tlog.TreeHash(early, hashes)
			if err != nil {
				return 0, err
			}
			if err := consistency(hashes, later, tlog.Tree{N: early, Hash: old}); err != nil {
				return 0, fmt.Errorf("consistency of %d and %d: %w", early, late, err)
			}
			proofs++
		}
	}
	return proofs, nil
}

func main() {
	var o options
	flag.StringVar(&o.vkey, "vkey", "", "the log's verifier key; without it, what the log says of itself")
	flag.StringVar(&o.url, "url", "", "address of a log: what stands before /checkpoint")
	flag.StringVar(&o.bundle, "bundle", "", "folder of a bundle")
	flag.Var(&o.witnesses, "witness", "verifier key of a witness that must have cosigned; may be repeated")
	flag.Var(&o.olds, "old", "file with an older checkpoint; may be repeated")
	flag.Var(&o.indexes, "index", "index of a line whose inclusion is to be proved; may be repeated")
	flag.BoolVar(&o.pairs, "pairs", false, "prove every line and every pair of sizes")
	flag.Parse()
	if (o.url == "") == (o.bundle == "") || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(o); err != nil {
		fmt.Println("FAILED:", err)
		os.Exit(1)
	}
}
