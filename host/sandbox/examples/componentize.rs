fn main() {
    let mut a = std::env::args().skip(1);
    let m = std::fs::read(a.next().unwrap()).unwrap();
    std::fs::write(
        a.next().unwrap(),
        hearken_sandbox::componentize(&m).unwrap(),
    )
    .unwrap();
}
