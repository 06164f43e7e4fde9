#!/usr/bin/env python3
"""SIGTERM to the daemon under load, again and again: how long it takes to end, and whether what it had shown is still there.

usage: eval/sigterm.py [--rig target/rig/target/release/rig] [--times 100] [--feeds 200] [--seed 1]

Before every end the rig publishes two new articles in each feed and a pass over all feeds is asked for. Exit code 1 where an end took ten
seconds or more, did not give code 0, or lost an article that a reader had seen.
"""
import argparse, os, random, signal, sqlite3, subprocess, sys, tempfile, time, urllib.request

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--bin", default=os.path.join(HERE, "target", "release", "newsfold"))
ap.add_argument("--rig", default=os.path.join(HERE, "target", "rig", "target", "release", "rig"))
ap.add_argument("--times", type=int, default=100)
ap.add_argument("--feeds", type=int, default=200)
ap.add_argument("--port", type=int, default=8961)
ap.add_argument("--seed", type=int, default=1)
ARGS = ap.parse_args()


def placed(folder):
    db = sqlite3.connect(f"file:{folder}/newsfold.db?mode=ro", uri=True)
    try:
        return {id for id, in db.execute("SELECT id FROM placed")}
    finally:
        db.close()


def main(folder):
    rng, base = random.Random(ARGS.seed), f"http://127.0.0.1:{ARGS.port}"
    rig = subprocess.Popen([ARGS.rig, "--feeds", str(ARGS.feeds), "--port", str(ARGS.port), "--threads", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    config, daemon = f"{folder}/newsfold.toml", None
    ask = lambda *words: subprocess.run([ARGS.bin, "--config", config, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    try:
        for _ in range(100):
            try:
                urls = urllib.request.urlopen(f"{base}/urls.txt?n={ARGS.feeds}").read().decode().split()
                break
            except OSError:
                time.sleep(0.1)
        with open(config, "w") as target:
            target.write(f'state_dir = "{folder}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\n')
            target.writelines(f'[[feed]]\nurl = "{url}"\nevery = "1h"\n' for url in urls)
        ends, busy, lost, bad = [], 0, 0, 0
        for n in range(ARGS.times):
            urllib.request.urlopen(f"{base}/admin/tick?new=2&share=1.0&n={ARGS.feeds}").read()
            daemon = subprocess.Popen([ARGS.bin, "--config", config, "run"], stderr=open(f"{folder}/log", "a"))
            while ask("status") != 0:
                time.sleep(0.02)
            poll = subprocess.Popen([ARGS.bin, "--config", config, "poll", "--all"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.1, 2))
            seen = placed(folder)
            busy += poll.poll() is None
            asked = time.time()
            daemon.send_signal(signal.SIGTERM)
            code = daemon.wait(60)
            ends.append(time.time() - asked)
            poll.wait()
            bad += code != 0
            lost += len(seen - placed(folder))
            if n % 20 == 19:
                print(f"  {n + 1}: slowest end {max(ends):.2f} s, {len(seen)} articles", file=sys.stderr, flush=True)
        ends.sort()
        print(f"{ARGS.times} ends, {busy} of them within a pass: median {ends[len(ends) // 2]:.2f} s, slowest {ends[-1]:.2f} s; {bad} with another code than 0; {lost} articles lost of {len(placed(folder))}")
        return int(ends[-1] >= 10 or bad > 0 or lost > 0)
    finally:
        for process in (daemon, rig):
            if process and process.poll() is None:
                process.kill()
                process.wait()


with tempfile.TemporaryDirectory(prefix="newsfold-sigterm-") as folder:
    sys.exit(main(folder))
