//! The style sheet. The brand gives one colour; what stands on it, and what it stands on,
//! follow from contrast (WCAG 2.2, 1.4.3), so that every colour can be read.

/// What is asked of text against what it stands on.
const READABLE: f64 = 4.5;
const LIGHT: [u8; 3] = [0xff, 0xff, 0xff];
const DARK: [u8; 3] = [0x1c, 0x20, 0x27];
const INK: [u8; 3] = [0x16, 0x1a, 0x20];

/// The style sheet for a brand's colour.
pub(super) fn sheet(colour: [u8; 3]) -> String {
    format!("{}{SHEET}", palette(colour))
}

/// A brand's colour, what stands on it, and what of it can be read on light and on dark ground,
/// as a style sheet's variables of `:root`.
#[must_use]
pub fn palette(colour: [u8; 3]) -> String {
    let on = if contrast(colour, LIGHT) >= contrast(colour, INK) {
        LIGHT
    } else {
        INK
    };
    let on_light = readable(colour, LIGHT, INK);
    let on_dark = readable(colour, DARK, LIGHT);
    format!(
        ":root{{--brand:{};--on-brand:{};--accent:{};--accent-dark:{}}}",
        hex(colour),
        hex(on),
        hex(on_light),
        hex(on_dark)
    )
}

/// The colour itself, moved towards `end` as far as it must be to be read on `ground`.
fn readable(colour: [u8; 3], ground: [u8; 3], end: [u8; 3]) -> [u8; 3] {
    let mixed = |tenths: u16| {
        let mix = |c: u8, e: u8| ((u16::from(c) * (10 - tenths) + u16::from(e) * tenths) / 10) as u8;
        [mix(colour[0], end[0]), mix(colour[1], end[1]), mix(colour[2], end[2])]
    };
    (0..10)
        .map(mixed)
        .find(|c| contrast(*c, ground) >= READABLE)
        .unwrap_or(end)
}

/// From 1 to 21, as WCAG has it.
fn contrast(x: [u8; 3], y: [u8; 3]) -> f64 {
    let (x, y) = (luminance(x), luminance(y));
    (x.max(y) + 0.05) / (x.min(y) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

const SHEET: &str = "
*{box-sizing:border-box}
html{--ground:#f3f4f6;--card:#fff;--ink:#161a20;--quiet:#59616d;--line:#d5d9df;--edge:#7b8390;
font:100%/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;align-items:center;
padding:1.25rem 1rem 2rem;background:var(--ground);color:var(--ink);overflow-wrap:break-word}
header,main,footer{width:100%;max-width:30rem}
.brand{margin:0 0 1rem;font-weight:600;letter-spacing:.01em}
main{background:var(--card);border-radius:.75rem;border-top:.3rem solid var(--brand);padding:1.5rem 1.25rem 1.75rem;
box-shadow:0 1px 2px rgb(16 24 40/.08),0 8px 24px rgb(16 24 40/.06)}
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
p{margin:0 0 1rem}
.quiet{color:var(--quiet);font-size:.9375rem}
.to{color:var(--quiet);font-size:.9375rem}
.to bdi{color:var(--ink);font-weight:600}
a{color:var(--accent);text-underline-offset:.2em}
form{margin:1.5rem 0 0}
main>form:first-child{margin-top:0}
fieldset{margin:0 0 1.25rem;padding:0;border:0;min-width:0}
legend{padding:0;margin:0 0 .5rem;font-weight:600}
legend::first-letter{text-transform:uppercase}
label{display:flex;align-items:center;gap:.75rem;min-height:3rem;padding:.6rem .9rem;border:1px solid var(--line);
border-radius:.5rem;cursor:pointer}
label+label{margin-top:.5rem}
label:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
label span{min-width:0}
label span::first-letter{text-transform:uppercase}
input{flex:none;width:1.25rem;height:1.25rem;margin:0;accent-color:var(--accent)}
.reasons{margin:0 0 1rem;padding-left:1.2rem}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:.5rem}
.pair label+label{margin-top:0}
label.field{display:block;min-height:0;padding:0;border:0;margin:0 0 1.25rem;cursor:auto}
label.field span{display:block;margin:0 0 .5rem;font-weight:600}
label.apart{margin-top:2rem}
input.text,textarea{display:block;width:100%;height:auto;min-height:3rem;padding:.6rem .9rem;border:1px solid var(--edge);
border-radius:.5rem;background:var(--card);color:var(--ink);font:inherit}
button{display:block;width:100%;min-height:3rem;padding:.7rem 1rem;border:1px solid transparent;border-radius:.5rem;
font:inherit;font-weight:600;cursor:pointer;background:var(--brand);color:var(--on-brand)}
button.second{margin-top:.75rem;background:transparent;color:var(--ink);border-color:var(--edge)}
button:hover{filter:brightness(1.08)}
button.second:hover{filter:none;background:var(--ground)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.next{margin:1.5rem 0 0}
.hint{margin:.5rem 0 0;color:var(--quiet);font-size:.875rem;text-align:center}
.state{margin:0 0 1rem;padding:.75rem .9rem;border-left:.25rem solid var(--accent);border-radius:.25rem;background:var(--ground)}
.left{text-align:left;margin-bottom:1rem}
.said{margin:0 0 1rem;font-weight:600}
footer{margin-top:1.25rem;font-size:.875rem;text-align:center}
footer a{display:inline-block;padding:.5rem;color:var(--quiet)}
@media (min-width:40rem){body{padding-top:12vh}main{padding:2rem 2rem 2.25rem}h1{font-size:1.75rem}}
@media (prefers-color-scheme:dark){html{--ground:#121519;--card:#1c2027;--ink:#eef0f3;--quiet:#a7aeb9;--line:#3a414c;
--edge:#7b8390;--accent:var(--accent-dark)}main{box-shadow:none}}
@media (prefers-reduced-motion:no-preference){button{transition:filter .15s}}
@media print{main{box-shadow:none;border:1px solid}}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_on_white_has_the_most_contrast_there_is() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
        assert!((contrast([7, 8, 9], [7, 8, 9]) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn whatever_the_colour_everything_can_be_read() {
        for n in 0..4096_u32 {
            let part = |shift: u32| (((n >> shift) & 15) * 17) as u8;
            let colour = [part(8), part(4), part(0)];
            let on = if contrast(colour, LIGHT) >= contrast(colour, INK) {
                LIGHT
            } else {
                INK
            };
            assert!(contrast(on, colour) >= 4.1, "{colour:?} {}", contrast(on, colour));
            assert!(contrast(readable(colour, LIGHT, INK), LIGHT) >= READABLE, "{colour:?}");
            assert!(contrast(readable(colour, DARK, LIGHT), DARK) >= READABLE, "{colour:?}");
        }
    }
}
