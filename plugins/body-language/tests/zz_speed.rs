mod site;
use hearken_harness::Harness;
use hearken_sdk::{Dossier, Scorer};
use serde_json::json;
use site::{Host, Visitor, body_language, vocabulary};
#[test]
fn speed() {
    let _ = vocabulary();
    let scorer = body_language();
    for n in [3, 15, 100] {
        let mut v = Visitor::new();
        for i in 0..n {
            v = match i % 5 {
                0 => v.reads("/roi", "ROI calculator", 40),
                1 => v.reads("/implementation", "Implementation", 20),
                2 => v.reads("/support", "Support", 30),
                3 => v.searches("payback sla", 1),
                _ => v.reads("/about", "About", 3),
            };
        }
        let mut host = Host::default();
        host.assess(&scorer, &v.signals, v.now());
        let old = v.signals.len();
        let v = v.opens("/roi");
        let d = Dossier {
            said_before: host.beliefs.values().cloned().collect(),
            memory: host.memory.clone(),
            fresh: v.signals[old..].to_vec(),
            ..Dossier::new("x", v.now())
        };
        println!(
            "n {n} memory {} said {} evidence {}",
            host.memory.as_ref().unwrap().len(),
            d.said_before.len(),
            d.said_before
                .iter()
                .map(|b| b.evidence.len())
                .sum::<usize>()
        );
        let t = std::time::Instant::now();
        for _ in 0..2000 {
            std::hint::black_box(scorer.assess(&d).unwrap());
        }
        println!("native {:?}", t.elapsed() / 2000);
        let plugin = Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap().vocabulary(json!({
        "topics": {
            "roi": { "title": "Return on investment", "urls": ["/roi*", "/pricing*"], "words": ["payback"] },
            "implementation": { "title": "I", "urls": ["/implementation*"], "words": ["rollout"] },
            "support": { "title": "Support", "urls": ["/support*"], "words": ["sla"] },
        },
        "personas": { "cio": { "title": "CIO", "topics": { "roi": 1.0 }, "words": ["cio"] } },
    })).configure(json!({})).unwrap();
        let batch: Vec<Dossier> = (0..256).map(|_| d.clone()).collect();
        for _ in 0..5 {
            let b = batch.clone();
            let t = std::time::Instant::now();
            let r = plugin.assess(b);
            println!("wasm {:?} each", t.elapsed() / 256);
            std::hint::black_box(r);
        }
    }
}
