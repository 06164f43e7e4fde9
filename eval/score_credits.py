#!/usr/bin/env python3
"""Score the credits that `newsfold extract` reads against marks made by hand.

usage: score_credits.py MARKS.jsonl TEXTS.jsonl NEWSFOLD [--wrong]

A mark is {"id", "credit"}: the name that the text gives as its origin, null where it gives none, "?" where people would disagree (left out).
TEXTS has {"id", "title", "text", "source"}. Each text is set as a plain page that names its site, as every page of the newsroom does, so that
what is measured is what the daemon would read. A found credit is right where the name agrees, letters and digits only. Precision is over the
credits found, recall over the marks that name one.
"""
import json, os, re, subprocess, sys, tempfile
from html import escape


# A mark has the name as the text writes it.
ONE_NAME = {"associatedpress": "ap", "agencefrancepresse": "afp", "pressassociation": "pa", "pressassociationmedia": "pa"}


def squash(name):
    name = re.sub(r"\W+|^the\b", "", (name or "").lower())
    return ONE_NAME.get(name, name)


def same(found, marked):
    a, b = squash(found), squash(marked)
    return bool(a) and (a == b or (len(min(a, b, key=len)) > 5 and (a in b or b in a)))


def score(marks, texts, newsfold, wrong=False):
    marks = [m for m in map(json.loads, open(marks)) if m["credit"] != "?"]
    wanted = {m["id"] for m in marks}
    rows = {r["id"]: r for r in map(json.loads, open(texts)) if r["id"] in wanted}
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, mark in enumerate(marks):
            row = rows[mark["id"]]
            body = "".join(f"<p>{escape(p)}</p>" for p in row["text"].split("\n") if p.strip())
            paths.append(f"{folder}/{i}.html")
            with open(paths[-1], "w") as page:
                page.write(f'<meta property="og:site_name" content="{escape(row.get("source") or "")}">')
                page.write(f"<title>{escape(row['title'])}</title><article><h1>{escape(row['title'])}</h1>{body}</article>")
        out = subprocess.run([newsfold, "extract", "--json", *paths], capture_output=True, text=True, check=True).stdout
    found = [json.loads(line)["credit"] for line in out.splitlines()]
    right = sum(same(f, m["credit"]) for f, m in zip(found, marks))
    if wrong:
        for f, m in zip(found, marks):
            if not same(f, m["credit"]) and (f or m["credit"]):
                print(f"   {m['id']}  marked {m['credit']}  found {f}")
    given, named = sum(bool(f) for f in found), sum(bool(m["credit"]) for m in marks)
    return {"texts": len(marks), "named": named, "found": given, "precision": right / max(1, given), "recall": right / max(1, named)}


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    r = score(*sys.argv[1:4], wrong="--wrong" in sys.argv)
    print(f"credits: {r['texts']} texts, {r['named']} with a credit, {r['found']} found: precision {r['precision']:.3f}  recall {r['recall']:.3f}")
