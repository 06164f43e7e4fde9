//! Replays the fuzz corpus, and mutations of it under a fixed seed. `NEWSFOLD_FUZZ_INPUTS=1000000` makes it a long run.

use std::fs;
use std::path::Path;

#[path = "../fuzz/targets.rs"]
mod targets;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files.iter().map(|f| fs::read(f).unwrap()).collect()
}

/// A few random edits: bytes flipped, cut, doubled, or taken from another seed.
fn mutated(random: &mut fastrand::Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    const PIECES: [&[u8]; 16] = [
        b"<",
        b">",
        b"&",
        b"\"",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"</item>",
        b"<item>",
        b"<entry>",
        b"&#0;",
        b"\xFF",
        b"\0",
        b" xmlns:a='b'",
        b"<link/>",
        b"99999999999",
    ];
    let mut bytes = seeds[random.usize(..seeds.len())].clone();
    for _ in 0..random.usize(1..6) {
        let at = random.usize(..=bytes.len());
        let to = (at + random.usize(..40)).min(bytes.len());
        match random.u8(..6) {
            0 if at < bytes.len() => bytes[at] = random.u8(..),
            1 => drop(bytes.drain(at..to)),
            2 => {
                let copy = bytes[at..to].to_vec();
                bytes.splice(at..at, copy);
            }
            3 => bytes.truncate(at),
            4 => {
                let other = &seeds[random.usize(..seeds.len())];
                let from = random.usize(..=other.len());
                bytes.splice(at..at, other[from..(from + 60).min(other.len())].iter().copied());
            }
            _ => drop(bytes.splice(at..at, PIECES[random.usize(..PIECES.len())].iter().copied())),
        }
    }
    bytes
}

#[test]
fn corpus_and_its_mutations_hold() {
    let inputs = std::env::var("NEWSFOLD_FUZZ_INPUTS").ok().and_then(|n| n.parse().ok()).unwrap_or(3_000);
    for (name, run) in targets::TARGETS {
        let seeds = corpus(name);
        assert!(!seeds.is_empty(), "{name} has no corpus");
        seeds.iter().for_each(|seed| run(seed));
        let mut random = fastrand::Rng::with_seed(18);
        for n in 0..inputs {
            let bytes = mutated(&mut random, &seeds);
            if let Err(panic) = std::panic::catch_unwind(|| run(&bytes)) {
                eprintln!("{name}, input {n}: {:?}", String::from_utf8_lossy(&bytes));
                std::panic::resume_unwind(panic);
            }
        }
    }
}
