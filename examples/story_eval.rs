//! Groups a set of articles into stories and scores it: `story_eval FILE.jsonl [key=value…]`.

use newsfold::dedup::story::*;
use serde_json::Value;
use std::collections::HashMap;

fn choose2(n: f64) -> f64 {
    n * (n - 1.0) / 2.0
}

fn score(gold: &[String], found: &[usize]) -> (f64, f64, f64, f64) {
    let (mut g, mut s, mut cells) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (a, b) in gold.iter().zip(found) {
        *g.entry(a).or_insert(0.0) += 1.0;
        *s.entry(b).or_insert(0.0) += 1.0;
        *cells.entry((a, b)).or_insert(0.0) += 1.0;
    }
    let n = gold.len() as f64;
    let both: f64 = cells.values().map(|&c| choose2(c)).sum();
    let (x, y): (f64, f64) = (g.values().map(|&c| choose2(c)).sum(), s.values().map(|&c| choose2(c)).sum());
    let expected = x * y / choose2(n);
    let ari = (both - expected) / ((x + y) / 2.0 - expected);
    let p = gold.iter().zip(found).map(|k| cells[&k] / s[&k.1]).sum::<f64>() / n;
    let r = gold.iter().zip(found).map(|k| cells[&k] / g[&k.0]).sum::<f64>() / n;
    (ari, p, r, 2.0 * p * r / (p + r))
}

fn main() {
    let mut args = std::env::args().skip(1);
    let file = args.next().expect("a file");
    let mut settings = Settings::default();
    let (mut timed, mut prior, mut unlisted, mut lang) = (true, Background::default(), 0.0, None);
    let _ = &mut unlisted;
    let mut sweep = false;
    for arg in args {
        let (key, text) = arg.split_once('=').expect("key=value");
        let v: f32 = text.parse().unwrap_or(0.0);
        match key {
            "terms" => settings.terms = v as usize,
            "idf" => settings.idf_power = v,
            "title" => settings.title_bonus = v,
            "lead" => settings.lead_bonus = v,
            "leadn" => settings.lead = v as usize,
            "name" => settings.name_factor = v,
            "number" => settings.number_factor = v,
            "th" => settings.threshold = v,
            "least" => settings.least_length = v,
            "free" => settings.free_days = v,
            "fade" => settings.fade_days = v,
            "floor" => settings.time_floor = v,
            "time" => timed = v > 0.0,
            "prior" => prior.set_prior(v),
            "unlisted" => prior.set_unlisted(v),
            "lang" => lang = Some(text.to_owned()),
            "sweep" => sweep = true,
            other => panic!("{other}?"),
        }
    }
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("{file} is absent");
        return;
    };
    let rows: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let rows: Vec<&Value> = rows.iter().filter(|r| lang.is_none() || r["lang"].as_str() == lang.as_deref()).collect();
    let gold: Vec<String> = rows.iter().map(|r| r["cluster"].as_str().map_or_else(|| r["id"].to_string(), str::to_owned)).collect();
    let mut background = prior;
    let all: Vec<Features> = rows
        .iter()
        .map(|r| {
            let published = r["published"].as_str().filter(|_| timed).and_then(|p| p.parse().ok().or_else(|| format!("{p}T00:00:00Z").parse().ok()));
            let about = About { title: r["title"].as_str().unwrap_or(""), text: r["text"].as_str().unwrap_or(""), lang: r["lang"].as_str(), published_at: published, seen_at: None };
            features(about, &background, &settings)
        })
        .collect();
    for f in &all {
        background.learn(f.hashes(), 1.0);
    }
    let vectors: Vec<Vector> = all.iter().map(|f| Vector::of_features(f, &background, &settings)).collect();
    let list: Vec<f32> = if sweep { (4..24).map(|k| k as f32 * 0.02).collect() } else { vec![settings.threshold] };
    let mut best = (0.0, String::new());
    for th in list {
        let found = regroup::average_linkage(&vectors, th, &settings);
        let (ari, p, r, f) = score(&gold, &found);
        let line = format!("th {th:.2} ARI {ari:.4} B3 {p:.4} {r:.4} {f:.4}");
        if sweep {
            if ari > best.0 { best = (ari, line); }
        } else {
            println!("{line}");
        }
    }
    if sweep { println!("best {}", best.1); }
}
