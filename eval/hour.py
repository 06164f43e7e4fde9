#!/usr/bin/env python3
"""The daemon for an hour in real time, on the newsroom's real sites and the rig's generated ones, which publish all the while.

usage: eval/hour.py [--shared DIR] [--rig target/rig/target/release/rig] [--minutes 60] [--feeds 300] [--out FILE]

A look every half minute; a table of ten-minute steps, then what rose a minute in the second half. Exit code 1 where the daemon died, lost
something or grew.
"""
import argparse, json, os, re, signal, subprocess, sys, tempfile, time, urllib.request

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--shared", default=os.path.join(HERE, "..", "shared"))
ap.add_argument("--bin", default=os.path.join(HERE, "target", "release", "newsfold"))
ap.add_argument("--rig", default=os.path.join(HERE, "target", "rig", "target", "release", "rig"))
ap.add_argument("--minutes", type=int, default=60)
ap.add_argument("--feeds", type=int, default=300)
ap.add_argument("--port", type=int, default=8941)
ap.add_argument("--out")
ARGS = ap.parse_args()
OUT = open(ARGS.out, "w") if ARGS.out else sys.stdout


def say(line):
    print(line, file=OUT, flush=True)


def look(config, pid):
    status = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status"))
    said = json.loads(subprocess.run([ARGS.bin, "--config", config, "status", "--json"], capture_output=True, text=True).stdout)
    return {"at": time.time(), "MB": int(status["VmRSS"].split()[0]) * 1024 / 1e6, "fds": len(os.listdir(f"/proc/{pid}/fd")), "threads": int(status["Threads"]),
            "WAL": os.path.getsize(os.path.dirname(config) + "/newsfold.db-wal") / 1e6, "articles": said["articles"], "pending": said["pending"],
            "queue": said["daemon"]["writer_queue"], "polls": said["daemon"]["done"]["polls"], "overdue": said["daemon"]["overdue_s"],
            "health": ",".join(reason["code"] for reason in said["health"])}


def of_the_unit():
    """The environment that the shipped unit gives the daemon."""
    unit = open(f"{HERE}/systemd/newsfold.service").read()
    return dict(pair.split("=", 1) for line in re.findall(r"^Environment=(.*)$", unit, re.M) for pair in line.split())


def rise(samples, key):
    """A minute, and twice its standard error."""
    xs, ys = [s["at"] / 60 for s in samples], [s[key] for s in samples]
    n, x, y = len(xs), sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((a - x) ** 2 for a in xs)
    slope = sum((a - x) * (b - y) for a, b in zip(xs, ys)) / spread
    rest = sum((b - y - slope * (a - x)) ** 2 for a, b in zip(xs, ys))
    return slope, 2 * (rest / max(n - 2, 1) / spread) ** 0.5, y


def main(folder):
    base, serve = f"http://127.0.0.1:{ARGS.port}", [sys.executable, f"{ARGS.shared}/newsroom/serve.py", f"{ARGS.shared}/data/newsroom", "--port", str(ARGS.port + 1)]
    newsroom_feeds = subprocess.run([*serve, "--print-config"], capture_output=True, text=True, check=True).stdout
    servers = [subprocess.Popen(serve, stdout=subprocess.PIPE, text=True), subprocess.Popen([ARGS.rig, "--feeds", str(ARGS.feeds), "--port", str(ARGS.port), "--threads", "1"], stdout=subprocess.DEVNULL)]
    daemon = None
    try:
        re.search(r"(\d+) articles", servers[0].stdout.readline())
        for _ in range(100):
            try:
                urls = urllib.request.urlopen(f"{base}/urls.txt?n={ARGS.feeds}").read().decode().split()
                break
            except OSError:
                time.sleep(0.1)
        config = f"{folder}/newsfold.toml"
        with open(config, "w") as target:
            target.write(f'state_dir = "{folder}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\n[schedule]\nmin = "1m"\n' + newsroom_feeds)
            target.writelines(f'[[feed]]\nurl = "{url}"\nevery = "2m"\n' for url in urls)
            target.write('[[alert]]\nname = "wide"\non = "story"\nmin_publishers = 4\ncommand = ["/bin/sh", "-c", "cat >> wide"]\n')
        daemon = subprocess.Popen([ARGS.bin, "--config", config, "run"], stderr=open(f"{folder}/log", "w"), env={**os.environ, **of_the_unit()})
        time.sleep(5)
        began, samples, step = time.time(), [], 0
        say("minute   MB  fds  threads  WAL MB  articles  pending  queue   polls  overdue s  health")
        while time.time() - began < ARGS.minutes * 60:
            assert daemon.poll() is None, f"the daemon ended: {open(folder + '/log').read()[-2000:]}"
            samples.append(look(config, daemon.pid))
            if len(samples) % 6 == 0:
                urllib.request.urlopen(f"{base}/admin/tick?new=1&share=0.2&n={ARGS.feeds}").read()
            if (time.time() - began) / 600 >= step:
                step += 1
                s = samples[-1]
                say(f"{(s['at'] - began) / 60:>6.0f} {s['MB']:>4.0f} {s['fds']:>4} {s['threads']:>8} {s['WAL']:>7.1f} {s['articles']:>9} {s['pending']:>8} {s['queue']:>6} {s['polls']:>7} {s['overdue']:>10}  {s['health']}")
            time.sleep(30)
        half = samples[len(samples) // 2:]
        grew = False
        for key in ("MB", "fds", "threads", "WAL", "queue"):
            slope, error, mean = rise(half, key)
            say(f"  {key:<8} {slope:>+8.4f} a minute ± {error:.4f}, mean {mean:.1f}")
            grew |= key in ("fds", "threads") and slope - error > 0.01 * max(mean, 1)
        articles = half[-1]["articles"] - half[0]["articles"]
        say(f"  {articles} articles came in that half; memory a new article: {1e3 * (half[-1]['MB'] - half[0]['MB']) / max(articles, 1):.2f} kB")
        subprocess.run([ARGS.bin, "--config", config, "poll"], stdout=subprocess.DEVNULL)
        asked = time.time()
        daemon.send_signal(signal.SIGTERM)
        code = daemon.wait(30)
        entries = [json.loads(line) for line in subprocess.run([ARGS.bin, "--config", config, "export", "jsonl"], capture_output=True, text=True).stdout.splitlines()]
        links = [e["entry_url"] for e in entries]
        waiting = sum(e["cluster"] is None for e in entries)
        say(f"SIGTERM: down in {time.time() - asked:.1f} s with code {code}; {len(links)} entries, {len(links) - len(set(links))} twice, {waiting} not settled")
        say(f"log: {sum(' ERROR ' in l for l in open(folder + '/log'))} errors, {sum(' WARN ' in l for l in open(folder + '/log'))} warnings")
        return int(grew or code != 0 or len(links) != len(set(links)))
    finally:
        for process in [daemon, *servers]:
            if process and process.poll() is None:
                process.kill()
                process.wait()


with tempfile.TemporaryDirectory(prefix="newsfold-hour-") as folder:
    sys.exit(main(folder))
