#!/usr/bin/env python3
"""Run every evaluation on the shared data and print accuracy, speed and memory as one table.

usage: eval/evaluate.py [--shared DIR] [--only feeds,extract,hostile,gate,credits,outlets,copies,orders,pages,stories,newsroom,exports,rig,service] [--seeds 1-5]
       [--marks FILE] [--rig BIN] [--json]

Needs a release build (cargo build --release) and the folder of shared data (default: ../shared beside the repository). Exit code 1 where
that folder or the build is absent. The parts `rig` (some ten minutes) and `service` (some five) are for when they are named; `rig` needs the load server, built as shared/rig/README.md says. CPU and memory are those of the newsfold processes, read from wait4.
"""
import argparse, collections, gzip, importlib.util, io, itertools, json, lzma, math, os, random, re, resource, subprocess, sys, tarfile, tempfile, time

import hostile as hostile_pages
import outlets as repeated
import score_credits

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROWS = []


def row(what, measure, value, cpu=None, peak=None, note=""):
    ROWS.append({"what": what, "measure": measure, "value": value, "cpu_s": cpu, "peak_mb": peak, "note": note})
    if not ARGS.json:
        print(f"{what:26} {measure:28} {value:>9}  {'' if cpu is None else f'{cpu:7.2f}':>8} {'' if peak is None else f'{peak:6.0f}':>8}  {note}", flush=True)


def newsfold(args, out=None, stdin=None, check=True):
    """Runs the built program; returns (CPU seconds, peak MB, wall seconds, exit code)."""
    report = f"{TMP}/measured.json"
    launcher = [sys.executable, "-I", "-S", f"{HERE}/eval/measured.py", report, BIN]
    subprocess.run(launcher + args, stdout=open(out, "wb") if out else subprocess.DEVNULL, stdin=stdin, stderr=subprocess.DEVNULL, check=True)
    cpu, peak, code, wall = json.load(open(report))
    if check and code != 0:
        sys.exit(f"newsfold {' '.join(args[:3])} … ended with {code}")
    return cpu, peak, wall, code


def tool(name, *args):
    return subprocess.run([sys.executable, f"{SHARED}/eval/{name}", *args], capture_output=True, text=True, check=True).stdout


def unzip(name):
    path = f"{TMP}/{os.path.basename(name)[:-3]}"
    if not os.path.exists(path):
        with gzip.open(f"{SHARED}/data/dedup/{name}", "rb") as source, open(path, "wb") as target:
            target.write(source.read())
    return path


def feeds():
    os.makedirs(f"{TMP}/feeds")
    paths = tool("score_feeds.py", "unpack", f"{SHARED}/data/feeds", f"{TMP}/feeds").split("\n")[:-1]
    size = sum(os.path.getsize(p) for p in paths) / 1e6
    cpu, peak, _, _ = newsfold(["parse", "--json", *paths], out=f"{TMP}/feeds.jsonl", check=False)
    text = tool("score_feeds.py", "score", f"{SHARED}/data/feeds", f"{TMP}/feeds.jsonl")
    row("feeds", "without an answer", re.search(r"without an answer (\d+)", text)[1], cpu, peak, f"{size / cpu:.0f} MB/s over all files")
    for name in ("real captures", "all feeds", "not well-formed"):
        row("feeds", f"{name}: right", re.search(rf"{name}\s.*right ([\d.]+)", text)[1])
    for name, right, count in with_entries():
        row("feeds", f"{name}, not empty: right", f"{right:.4f}", note=f"{count} feeds with entries in the reference")


def with_entries():
    """The same score without the feeds that the reference finds no entry in, which are easily right."""
    source = importlib.util.spec_from_file_location("score_feeds", f"{SHARED}/eval/score_feeds.py")
    score = importlib.util.module_from_spec(source)
    source.loader.exec_module(score)
    with gzip.open(f"{SHARED}/data/feeds/reference.jsonl.gz", "rt", encoding="utf8") as lines:
        references = [r for r in map(json.loads, lines) if r["feed"] and r["entries"]]
    with open(f"{TMP}/feeds.jsonl", encoding="utf8") as lines:
        found = {o["path"].removeprefix(f"{TMP}/feeds/"): o for o in map(json.loads, lines)}
    sets = {"real captures": lambda r: r["real"], "all feeds": lambda r: True, "not well-formed": lambda r: r["wellformed"] is False}
    for name, belongs in sets.items():
        chosen = [r for r in references if belongs(r)]
        yield name, sum(score.judge(r, found.get(r["path"]))["right"] for r in chosen) / len(chosen), len(chosen)


def extract():
    for name in ("wcxb-articles", "publishers", "andy-news"):
        folder = f"{TMP}/{name}"
        os.makedirs(folder)
        paths = []
        for file in sorted(os.listdir(f"{SHARED}/data/extract/{name}/html")):
            paths.append(f"{folder}/{file[:-3]}")
            with gzip.open(f"{SHARED}/data/extract/{name}/html/{file}", "rb") as source, open(paths[-1], "wb") as target:
                target.write(source.read())
        size = sum(os.path.getsize(p) for p in paths) / 1e6
        cpu, peak, _, _ = newsfold(["extract", "--json", *paths], out=f"{TMP}/x.jsonl")
        text = tool("score_extract.py", f"{SHARED}/data/extract/{name}", f"{TMP}/x.jsonl")
        found = re.search(r"F1 ([\d.]+) .*precision ([\d.]+)  recall ([\d.]+)", text)
        row("extraction", f"{name}: F1", found[1], cpu, peak, f"P {found[2]} R {found[3]}; {len(paths) / cpu:.0f} pages/s, {size / cpu:.0f} MB/s")
        for label in ("titles", "publication days"):
            found = re.search(rf"{label} ([\d.]+)", text)
            if found:
                row("extraction", f"{name}: {label}", found[1])


def hostile():
    """Hostile pages: the slowest and the largest, each in a process of its own."""
    folder = f"{TMP}/hostile"
    os.makedirs(folder)
    spent = {}
    for name, path in hostile_pages.write(folder).items():
        spent[name] = newsfold(["extract", path], f"{TMP}/x.jsonl")
        os.remove(path)
    for what, unit, at in [("CPU", "s", 0), ("wall", "s", 2), ("memory", "MB", 1)]:
        worst = max(spent, key=lambda name: spent[name][at])
        row("hostile pages", f"most {what}, {unit}", f"{spent[worst][at]:.2f}", note=f"{worst}; {len(spent)} pages")


def gate():
    """Written walls, and the shortest real articles: what the gate says of them."""
    folder = f"{TMP}/gate"
    os.makedirs(folder)
    examples = [line.rstrip("\n").split("|") for line in open(f"{HERE}/tests/pages/walls.txt") if not line.startswith("#")]
    for i, (kind, title, *paragraphs) in enumerate(examples):
        body = "".join(f"<p>{p}</p>" for p in paragraphs)
        with open(f"{folder}/{i}.html", "w") as page:
            page.write(f"<html><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav><main><h1>{title}</h1>{body}</main></body></html>")
    newsfold(["extract", "--json", *(f"{folder}/{i}.html" for i in range(len(examples)))], out=f"{TMP}/gate.jsonl")
    found = [json.loads(line)["quality"] for line in open(f"{TMP}/gate.jsonl")]
    walls = [(f, kind) for f, (kind, *_) in zip(found, examples) if kind != "short"]
    caught = sum(f not in ("article", "short") for f, _ in walls)
    row("gate", "written walls caught", f"{caught / len(walls):.3f}", note=f"{len(walls)} examples, {sum(f == k for f, k in walls)} by their own kind")
    reports = [f for f, (kind, *_) in zip(found, examples) if kind == "short"]
    row("gate", "reports on walls taken for one", f"{sum(f not in ('article', 'short') for f in reports)}", note=f"{len(reports)} written reports")
    with gzip.open(f"{SHARED}/data/newsroom/index.jsonl.gz", "rt") as source:
        index = {a["id"]: a["page"] for a in map(json.loads, source)}
    with open(unzip("wire.jsonl.gz")) as source:
        lengths = sorted((len(re.findall(r"\w+", a["text"])), a["id"]) for a in map(json.loads, source) if a["id"] in index)
    short = [(n, index[i]) for n, i in lengths if n >= 15][:200]
    with lzma.open(f"{SHARED}/data/newsroom/pages.tar.xz") as packed, tarfile.open(fileobj=io.BytesIO(packed.read())) as tar:
        for i, (_, name) in enumerate(short):
            with open(f"{folder}/short{i}.html", "wb") as page:
                page.write(tar.extractfile(name).read())
    newsfold(["extract", "--json", *(f"{folder}/short{i}.html" for i in range(len(short)))], out=f"{TMP}/short.jsonl")
    said = collections.Counter(json.loads(line)["quality"] for line in open(f"{TMP}/short.jsonl"))
    alarms = sum(n for quality, n in said.items() if quality not in ("article", "short", "empty"))
    row("gate", "false alarms", f"{alarms / len(short):.3f}", note=f"{len(short)} real pages of {short[0][0]}-{short[-1][0]} words: {dict(said)}")


def credits():
    if not ARGS.marks:
        return row("credits", "not measured", "-", note="--marks names a file of marks made by hand")
    r = score_credits.score(ARGS.marks, unzip("wire.jsonl.gz"), BIN)
    row("credits", "precision", f"{r['precision']:.3f}", note=f"{r['texts']} texts, {r['found']} found")
    row("credits", "recall", f"{r['recall']:.3f}", note=f"{r['named']} texts name one")


def outlets():
    if not os.path.exists(ARGS.rig):
        return row("what outlets repeat", "not measured", "-", note=f"--rig names the built rig; {ARGS.rig} is absent")
    state = f"{TMP}/outlets"
    os.makedirs(state)
    r = repeated.measure(BIN, ARGS.rig, state)
    for name, part in zip(("while learning", "new pages after"), r["rounds"]):
        row("what outlets repeat", f"{name}: planted left", f"{part['left']:.3f}", note=f"{part['n']} articles, P {part['precision']:.4f} R {part['recall']:.4f}")
    row("what outlets repeat", "shown by feeds show", f"{r['shown']}/{r['planted']}")


def service():
    """Alerts under kills, SIGTERM under load and the daemon at rest, shorter than the programs do by themselves."""
    runs = [("alerts.py", "--entries", "2000", "--kills", "40"), ("idle.py", "--seconds", "30")]
    if os.path.exists(ARGS.rig):
        runs.append(("sigterm.py", "--times", "20", "--rig", ARGS.rig))
    for program, *words in runs:
        done = subprocess.run([sys.executable, f"{HERE}/eval/{program}", "--bin", BIN, *words], capture_output=True, text=True)
        for line in done.stdout.splitlines():
            row("service", program, "ok" if done.returncode == 0 else "FAILED", note=line.strip())


def clusters(gold, system, *more):
    return json.loads(tool("score_clusters.py", gold, system, "--json", *more))


def seeds():
    first, last = (ARGS.seeds.split("-") * 2)[:2]
    return range(int(first), int(last) + 1)


def plant(seed):
    """The planted set of this seed: the path with the answers, and the path without."""
    paths = []
    for blind in (False, True):
        paths.append(f"{TMP}/{'blind' if blind else 'planted'}-{seed}.jsonl")
        if not os.path.exists(paths[-1]):
            with open(paths[-1], "w") as target:
                subprocess.run([sys.executable, f"{SHARED}/eval/plant_copies.py", unzip("pool.jsonl.gz"), "--seed", str(seed), "--lang", "en",
                                "--stories", "150", *(["--blind"] if blind else [])], stdout=target, check=True)
    return paths


def scored(what, run):
    """Scores the planted sets, each clustered by `run`, and prints them one by one and together."""
    total, kinds = collections.Counter(), collections.defaultdict(lambda: [0.0, 0])
    wrong, cpu_all, articles, peak_all = collections.Counter(), 0.0, 0, 0
    for seed in seeds():
        gold, blind = plant(seed)
        out, cpu, peak = run(seed, blind)
        r = clusters(gold, out)
        row(what, f"seed {seed}: pair F1", r["f1"], cpu, peak, f"P {r['precision']} R {r['recall']}")
        total.update(pairs=r["pairs"], found=r["found"], false=r["false"])
        cpu_all, articles, peak_all = cpu_all + cpu, articles + r["articles"], max(peak_all, peak)
        for kind, v in r["kinds"].items():
            wrong[kind] += v["false_pairs"]
            if v["recall"] is not None:
                kinds[kind][0] += v["recall"] * v["articles"]
                kinds[kind][1] += v["articles"]
    p, q = total["found"] / max(1, total["found"] + total["false"]), total["found"] / total["pairs"]
    row(what, "together: pair F1", f"{2 * p * q / (p + q):.4f}", cpu_all, peak_all, f"P {p:.4f} R {q:.4f}; {articles / cpu_all:.0f} texts/s")
    for kind in sorted(kinds):
        row(what, f"recall of {kind}", f"{kinds[kind][0] / kinds[kind][1]:.4f}", note=f"false pairs {wrong[kind]}" if wrong[kind] else "")
    for kind in sorted(set(wrong) - set(kinds)):
        row(what, f"false pairs of {kind}", wrong[kind])


def copies():
    def run(seed, blind):
        cpu, peak, _, _ = newsfold(["cluster", "--json", blind], out=f"{TMP}/p.out")
        return f"{TMP}/p.out", cpu, peak

    scored("copies, planted", run)
    for name in ("wire", "ecbplus", "basil"):
        cpu, peak, _, _ = newsfold(["cluster", "--json", unzip(f"{name}.jsonl.gz")], out=f"{TMP}/{name}.out")
        r = clusters(unzip(f"{name}.jsonl.gz"), f"{TMP}/{name}.out", "--pairs", unzip(f"{name}.pairs.jsonl.gz"))
        row(f"copies, {name}", "pair recall", r["recall"], cpu, peak, f"{r['found']} of {r['pairs']} pairs, {r['false']} unlisted")


def ari(one, other):
    """Adjusted Rand index of two partitions of the same ids."""
    pairs = lambda counts: sum(math.comb(n, 2) for n in counts)
    both = pairs(collections.Counter((one[i], other[i]) for i in one).values())
    a, b = pairs(collections.Counter(one.values()).values()), pairs(collections.Counter(other.values()).values())
    expected = a * b / math.comb(len(one), 2)
    return 1.0 if a == b == both else (both - expected) / ((a + b) / 2 - expected)


def orders():
    """Ten random orders of each set: the least agreement between any two of the results."""
    sets = [(f"planted {seed}", plant(seed)[1]) for seed in seeds()] + [(n, unzip(f"{n}.jsonl.gz")) for n in ("wire", "ecbplus", "basil")]
    for name, path in sets:
        lines = open(path).readlines()
        found = []
        for seed in range(10):
            random.Random(seed).shuffle(lines)
            with open(f"{TMP}/order.jsonl", "w") as target:
                target.writelines(lines)
            newsfold(["cluster", "--json", f"{TMP}/order.jsonl"], out=f"{TMP}/order.out")
            found.append([json.loads(line) for line in open(f"{TMP}/order.out")])
        for what, field in (("copies", "cluster"), ("stories", "story")):
            results = [{o["id"]: o[field] for o in result} for result in found]
            agree = [ari(a, b) for a, b in itertools.combinations(results, 2)]
            row(f"{what}, ten orders", f"{name}: least ARI", f"{min(agree):.4f}", note=f"mean {sum(agree) / len(agree):.4f} of {len(agree)} pairs")


def pages():
    """The planted texts served as pages, and polled by the whole program."""
    def run(seed, blind):
        state, port = f"{TMP}/pages-{seed}", "8951"
        os.makedirs(state)
        serve = [sys.executable, f"{HERE}/eval/pages.py", blind, "--port", port]
        with open(f"{state}/newsfold.toml", "w") as target:
            target.write(f'state_dir = "{state}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\n')
            target.write(subprocess.run([*serve, "--print-config"], capture_output=True, text=True, check=True).stdout)
        server = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
        try:
            server.stdout.readline()
            cpu, peak, _, _ = newsfold(["--config", f"{state}/newsfold.toml", "poll"])
        finally:
            server.terminate()
            server.wait()
        newsfold(["--config", f"{state}/newsfold.toml", "export", "jsonl"], out=f"{state}/export.jsonl")
        with open(f"{state}/export.jsonl") as source, open(f"{state}/system.jsonl", "w") as target:
            for line in source:
                o = json.loads(line)
                target.write(json.dumps({**o, "id": re.search(r"/a/(.+)\.html", o["entry_url"])[1]}) + "\n")
        return f"{state}/system.jsonl", cpu, peak

    scored("copies, as pages", run)


def stories():
    for name in ("ecbplus", "basil"):
        if not os.path.exists(f"{TMP}/{name}.out"):
            newsfold(["cluster", "--json", unzip(f"{name}.jsonl.gz")], out=f"{TMP}/{name}.out")
        r = clusters(unzip(f"{name}.jsonl.gz"), f"{TMP}/{name}.out", "--field", "story")
        row(f"stories, {name}", "ARI", r["ari"], note=f"B-cubed F1 {r['bcubed_f1']} (P {r['bcubed_precision']} R {r['bcubed_recall']})")


def newsroom():
    for lang in ("en", None):
        state = f"{TMP}/state-{lang}"
        os.makedirs(state)
        pick = ["--lang", lang] if lang else []
        serve = [sys.executable, f"{SHARED}/newsroom/serve.py", f"{SHARED}/data/newsroom", "--port", "8931", *pick]
        config = f"{state}/newsfold.toml"
        with open(config, "w") as target:
            target.write(f'state_dir = "{state}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\n')
            target.write(subprocess.run([*serve, "--print-config"], capture_output=True, text=True, check=True).stdout)
        server = subprocess.Popen([*serve, "--log", f"{state}/requests.jsonl"], stdout=subprocess.PIPE, text=True)
        try:
            articles = int(re.search(r"(\d+) articles", server.stdout.readline())[1])
            cpu, peak, wall, _ = newsfold(["--config", config, "poll"])
            log = [json.loads(line) for line in open(f"{state}/requests.jsonl")]
            newsfold(["--config", config, "poll", "--all"])
            again = [json.loads(line) for line in open(f"{state}/requests.jsonl")][len(log):]
        finally:
            server.terminate()
            server.wait()
        newsfold(["--config", config, "export", "jsonl"], out=f"{state}/export.jsonl")
        settled = 0
        with open(f"{state}/export.jsonl") as source, open(f"{state}/system.jsonl", "w") as target:
            for line in source:
                o = json.loads(line)
                o["id"] = re.search(r"/a/([0-9]+)", o["entry_url"])[1]
                settled += o["cluster"] is not None
                target.write(json.dumps(o) + "\n")
        gold = f"{state}/gold.jsonl"
        with open(unzip("wire.jsonl.gz")) as source, open(gold, "w") as target:
            target.writelines(line for line in source if not lang or json.loads(line)["lang"] == lang)
        r = clusters(gold, f"{state}/system.jsonl", "--pairs", unzip("wire.pairs.jsonl.gz"))
        name = f"newsroom, {lang or 'all'}"
        row(name, "settled", f"{settled}/{articles}", cpu, peak, f"wall {wall:.1f} s")
        row(name, "pair recall", r["recall"], note=f"precision {r['precision']}: {r['found']} of {r['pairs']}, {r['false']} unlisted")
        unconditional = sum(a["status"] != 304 for a in again)
        row(name, "second poll, not 304", unconditional, note=f"{len(again)} requests")
        paths = collections.Counter((a["host"], a["path"]) for a in log)
        row(name, "fetched twice", sum(n > 1 for n in paths.values()), note=f"together at most {max(a['together'] for a in log)}")


def exports():
    """The newsroom's stories as feeds: read by our own parser and by feedparser, and the same after ten more polls."""
    try:
        import feedparser
    except ImportError:
        return row("exports", "feedparser", "absent", note="pip install feedparser")
    state = f"{TMP}/exports"
    os.makedirs(state)
    serve = [sys.executable, f"{SHARED}/newsroom/serve.py", f"{SHARED}/data/newsroom", "--port", "8932"]
    config = f"{state}/newsfold.toml"
    with open(config, "w") as target:
        target.write(f'state_dir = "{state}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\n')
        target.write(subprocess.run([*serve, "--print-config"], capture_output=True, text=True, check=True).stdout)
    kinds = ("atom", "jsonfeed")

    def export():
        for kind in kinds:
            newsfold(["--config", config, "export", kind, "--since", "all", "-n", "0"], out=f"{state}/{kind}")
        atom = {e.id: (e.updated, e.title) for e in feedparser.parse(f"{state}/atom").entries}
        jsonfeed = {e["id"]: (e["date_modified"], e["title"]) for e in json.load(open(f"{state}/jsonfeed"))["items"]}
        return atom, jsonfeed

    server = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
    try:
        server.stdout.readline()
        newsfold(["--config", config, "poll"])
        first = export()
        changed = 0
        for _ in range(10):
            newsfold(["--config", config, "poll", "--all"])
            changed += export() != first
    finally:
        server.terminate()
        server.wait()
    parsed = feedparser.parse(f"{state}/atom")
    newsfold(["parse", "--json", *(f"{state}/{kind}" for kind in kinds)], out=f"{state}/parsed")
    ours = [json.loads(line) for line in open(f"{state}/parsed")]
    row("exports", "feedparser, bozo", int(parsed.bozo), note=f"{len(parsed.entries)} entries")
    for kind, feed, theirs in zip(kinds, ours, first):
        same = sum(theirs.get(e["guid"], (None, None))[1] == e["title"] for e in feed["entries"])
        row("exports", f"{kind}: the same by `parse`", f"{same}/{len(theirs)}", note=f"{len(feed['entries'])} entries")
    row("exports", "changed in ten more polls", changed, note="exports of ten with another id, time or title")


def rig():
    import rig as load
    if not os.path.exists(ARGS.rig):
        sys.exit(f"evaluate: {ARGS.rig} is absent; build it as {SHARED}/rig/README.md says")
    clean, faulty = load.measure(ARGS.rig, BIN, TMP, rounds=ARGS.rounds, pages=not ARGS.no_pages)
    for key, words in (("polled", "last healthy feed polled"), ("placed", "last healthy article placed")):
        row("rig, 200 of 1000 faulty", f"{words}, s", f"{faulty[key]:.1f}", faulty["cpu"], faulty["peak"],
            f"without them {clean[key]:.1f} ({100 * (faulty[key] / clean[key] - 1):+.1f} %)")
    row("rig, 200 of 1000 faulty", "memory beyond, MB", f"{faulty['peak'] - clean['peak']:+.0f}", note=f"without them {clean['peak']:.0f}")
    row("rig, 200 of 1000 faulty", "pass, s", f"{faulty['wall']:.1f}", note=f"without them {clean['wall']:.1f}; the rest waits for the faulty")


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--shared", default=os.path.join(HERE, "..", "shared"))
    ap.add_argument("--bin", default=os.path.join(HERE, "target", "release", "newsfold"))
    ap.add_argument("--only", default="feeds,extract,hostile,gate,credits,outlets,copies,orders,pages,stories,newsroom,exports")
    ap.add_argument("--seeds", default="1-5")
    ap.add_argument("--marks", help="credits marked by hand, as eval/score_credits.py reads them")
    ap.add_argument("--rig", default=os.path.join(HERE, "target", "rig", "target", "release", "rig"))
    ap.add_argument("--rounds", type=int, default=3, help="pairs of runs of the part rig")
    ap.add_argument("--no-pages", action="store_true", help="part rig: feeds alone, what they carry is their text")
    ap.add_argument("--json", action="store_true")
    ARGS = ap.parse_args()
    SHARED, BIN = os.path.abspath(ARGS.shared), os.path.abspath(ARGS.bin)
    for needed in (f"{SHARED}/data", BIN):
        if not os.path.exists(needed):
            sys.exit(f"evaluate: {needed} is absent; this evaluation needs it")
    with tempfile.TemporaryDirectory() as TMP:
        if not ARGS.json:
            print(f"{'what':26} {'measure':28} {'value':>9}  {'CPU s':>8} {'peak MB':>8}")
        for part in ARGS.only.split(","):
            globals()[part]()
        if ARGS.json:
            for r in ROWS:
                print(json.dumps(r))
