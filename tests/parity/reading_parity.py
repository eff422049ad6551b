#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares how messages and single values are read with SpamAssassin's reading, fact by fact.

    reading_parity.py mime MIME_DUMP FILE-OR-FOLDER...     parts, headers, flags, decoded text
    reading_parity.py get GET_DUMP FILE-OR-FOLDER...       relays and header requests
    reading_parity.py values VALUE_DUMP FILE-OR-FOLDER...  headers of the messages, mutated

-n COUNT messages (300), -v shows differences, --seed N for the mutations, --cf FILE settings for `get`.
Exit 0: no difference; 1: differences; 77: SpamAssassin is not installed.
"""
import argparse, difflib, glob, os, random, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 100
KINDS = {b'received': 'received', b'from': 'address', b'to': 'address', b'cc': 'address',
         b'reply-to': 'address', b'date': 'date', b'content-type': 'type', b'subject': 'header'}
PIECES = {
    'received': [b' (', b') ', b'[', b']', b' by ', b' with ', b'HELO ', b'helo=', b'1.2.3.4', b'::1', b'@',
                 b'unknown', b' id ', b';', b'ESMTPA', b'Exim', b'(Postfix)', b'localhost', b'FROM ', b'.'],
    'address': [b'"', b'<', b'>', b'@', b',', b';', b':', b'(', b')', b'\\', b' ', b'a@b.com', b'""', b"'"],
    'date': [b' ', b',', b':', b'+', b'-', b'GMT', b'-0500', b'Feb', b'2037', b'31', b'29', b'12:34', b'MET-DST'],
    'type': [b'"', b"'", b';', b'=', b' ', b'boundary=', b'charset=', b'name=', b'name*0=', b'text/html', b'/'],
    'header': [b'=?', b'?=', b'?Q?', b'?b?', b'utf-8', b'=?utf-8?q?a=20b?=', b'=?koi8-r?b?9PDy?=', b'_', b'\xe9'],
}


def messages_of(paths, n):
    files = []
    for p in paths:
        files += sorted(os.path.join(d, f) for d, _, fs in os.walk(p) for f in fs if f.endswith('.txt')) \
            if os.path.isdir(p) else [p]
    return files[::max(1, len(files) // n)][:n]


def run(cmd, data=b''):
    p = subprocess.run(cmd, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=900)
    if p.returncode:
        sys.exit('%s: exit %d: %s' % (cmd[0], p.returncode, p.stderr.decode(errors='replace')[-2000:]))
    return p.stdout.decode('latin-1').split('\n')


def compare(ours, theirs, verbose):
    lines = list(difflib.unified_diff(theirs, ours, 'spamassassin', 'postern', n=0, lineterm=''))[2:] \
        if ours != theirs else []
    for line in lines if verbose else []:
        print(line[:300])
    return sum(line[:1] in '+-' for line in lines)


def settings(extra):
    tlds = glob.glob('/var/lib/spamassassin/*/*/20_aux_tlds.cf') + glob.glob('/usr/share/spamassassin/20_aux_tlds.cf')
    out = tempfile.NamedTemporaryFile('wb', suffix='.cf', delete=False)
    for name in tlds[:1] + ([extra] if extra else []):
        out.write(open(name, 'rb').read() + b'\n')
    out.close()
    return out.name


def mutated(files, seed):
    """Lines for value_dump: each header of the messages, whole and with a few bytes changed."""
    rnd, lines = random.Random(seed), []
    for name in files:
        head = re.sub(rb'\n[ \t]+', b' ', open(name, 'rb').read().replace(b'\r\n', b'\n').split(b'\n\n')[0])
        for field in head.split(b'\n'):
            key, _, value = field.partition(b':')
            kind = KINDS.get(key.lower().strip())
            for times in (0, 1, 3) if kind else ():
                s = value.strip()
                for _ in range(times):
                    i = rnd.randrange(len(s) + 1)
                    j = min(len(s), i + rnd.randrange(9))
                    s = s[:i] + rnd.choice([rnd.choice(PIECES[kind]), b'', s[i:j] * 2]) + s[rnd.choice([i, j]):]
                lines.append(' '.join([kind] + ([b'subject'.hex()] if kind == 'header' else []) + [s[:900].hex()]))
    return '\n'.join(lines).encode() + b'\n'


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('-n', type=int, default=300)
    ap.add_argument('-v', action='store_true')
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--cf')
    ap.add_argument('what', choices=['mime', 'get', 'values'])
    ap.add_argument('dump')
    ap.add_argument('paths', nargs='+')
    args = ap.parse_args()
    if subprocess.run(['perl', '-MMail::SpamAssassin', '-e1'], stderr=subprocess.DEVNULL).returncode:
        print('skipped: SpamAssassin is not installed')
        return 77
    files, perl = messages_of(args.paths, args.n), lambda name: ['perl', os.path.join(HERE, name)]
    bad = facts = 0
    if args.what == 'values':
        data = mutated(files, args.seed)
        ours, theirs = run([args.dump], data), run(perl('value_dump.pl'), data)
        bad, facts = compare(ours, theirs, args.v), len(theirs)
    specs, cf = os.path.join(HERE, 'header_specs'), settings(args.cf) if args.what == 'get' else ''
    for i in range(0, len(files) if args.what != 'values' else 0, BATCH):
        batch = files[i:i + BATCH]
        if args.what == 'mime':
            ours, theirs = run([args.dump] + batch), run(perl('mime_dump.pl') + batch)
        else:
            ours, theirs = run([args.dump, cf, specs] + batch), run(perl('get_dump.pl') + [specs, cf] + batch)
        bad += compare(ours, theirs, args.v)
        facts += len(theirs)
    if cf:
        os.unlink(cf)
    print('%d messages, %d facts, %d lines differ' % (len(files), facts, bad))
    return 1 if bad else 0


sys.exit(main())
