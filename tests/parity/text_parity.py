#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares text views, HTML facts and URIs with SpamAssassin's, message by message.

    text_parity.py [-n COUNT] [-v] [--html] TEXT_DUMP FILE-OR-FOLDER...

Exit 0: no difference; 1: differences; 77: SpamAssassin is not installed. --html: the files are HTML
sources, each put into a message of its own.
"""
import argparse, difflib, glob, os, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 40


def tld_file():
    found = glob.glob('/var/lib/spamassassin/*/*/20_aux_tlds.cf') + \
        glob.glob('/usr/share/spamassassin/20_aux_tlds.cf')
    return found[0] if found else None


def blocks(text):
    """One list of lines per message; URIs and tags, which have no order, sorted."""
    messages = {}
    for chunk in text.split('\n== ')if text.startswith('\n') else ('\n' + text).split('\n== '):
        if not chunk.strip():
            continue
        lines = chunk.split('\n')
        messages[lines[0]] = canonical([l for l in lines[1:] if l])
    return messages


def canonical(lines):
    head, inside, uris = [], [], []
    for line in lines:
        if line.startswith('uri '):
            uris.append([line])
        elif line.startswith(' '):
            uris[-1].append(line)
        elif line.startswith('html inside'):
            inside.append(line)
        else:
            head += sorted(inside) + [line]
            inside = []
    head += sorted(inside)
    for u in sorted(uris):
        anchors = [l for l in u if l.startswith(' anchor')]
        head += [u[0]] + sorted(l for l in u[1:] if not l.startswith(' anchor')) + anchors
    return head


def run(cmd):
    p = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
    if p.returncode:
        sys.exit('%s: exit %d: %s' % (cmd[0], p.returncode, p.stderr.decode(errors='replace')[-2000:]))
    return p.stdout.decode('latin-1')


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('-n', type=int, default=300)
    ap.add_argument('-v', action='store_true')
    ap.add_argument('dump')
    ap.add_argument('paths', nargs='+')
    args = ap.parse_args()
    tlds = tld_file()
    if not tlds or subprocess.run(['perl', '-MMail::SpamAssassin', '-e1'], stderr=subprocess.DEVNULL).returncode:
        print('skipped: SpamAssassin is not installed')
        return 77
    files = []
    for p in args.paths:
        files += sorted(os.path.join(d, f) for d, _, fs in os.walk(p) for f in fs if not f.endswith('.json')) if os.path.isdir(p) else [p]
    step = max(1, len(files) // args.n)
    files = files[::step][:args.n]
    bad = facts = 0
    for i in range(0, len(files), BATCH):
        batch = files[i:i + BATCH]
        ours = blocks(run([args.dump, tlds] + batch))
        theirs = blocks(run(['perl', os.path.join(HERE, 'text_dump.pl'), tlds] + batch))
        facts += sum(len(v) for v in theirs.values())
        if set(ours) != set(batch) or set(theirs) != set(batch):
            sys.exit('a dump has not answered for every message')
        for f in batch:
            if ours.get(f) == theirs.get(f):
                continue
            bad += 1
            print('DIFF', f)
            if args.v:
                for l in list(difflib.unified_diff(theirs.get(f, []), ours.get(f, []), 'spamassassin', 'postern',
                                                   n=0, lineterm=''))[2:14]:
                    print('   ', l[:300])
    print('%d messages, %d facts, %d differ' % (len(files), facts, bad))
    return 1 if bad else 0


sys.exit(main())
