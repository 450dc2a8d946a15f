//! What red, green and blue mean in our files: a colour profile of sRGB (IEC 61966-2-1), made here.
//!
//! A profile of version 2 (ICC.1:2001-04) for a display: the three colours as parts of the standard observer's white,
//! adapted to the light of a viewing booth (D50), and one curve from what is written to how bright it is. It is the
//! same for every document, so it is made and compressed once per process.

use std::sync::LazyLock;

use super::super::deflate::deflated;
use super::LEVEL_BEST;
use crate::error::Error;

/// The light of a viewing booth, which profiles are relative to; each part in 65,536ths.
const D50: [u32; 3] = [0x0000_F6D6, 0x0001_0000, 0x0000_D32D];
/// Red, green and blue seen in that light (Bradford's adaptation of the primaries), in 65,536ths.
const RED: [u32; 3] = [0x6FA0, 0x38F5, 0x0390];
const GREEN: [u32; 3] = [0x6297, 0xB787, 0x18D9];
const BLUE: [u32; 3] = [0x249F, 0x0F84, 0xB6C3];
/// How bright every 32nd of what is written is, in 65,535ths; straight lines between them are off by less than half of
/// the smallest step that a screen shows.
const CURVE: [u16; 33] = [
    0, 159, 338, 595, 940, 1381, 1923, 2572, 3334, 4214, 5215, 6344, 7603, 8997, 10530, 12206, 14027, 15998, 18122,
    20401, 22840, 25440, 28206, 31139, 34243, 37521, 40975, 44607, 48420, 52417, 56601, 60972, 65535,
];
/// Bytes of the header.
const HEADER: usize = 128;
/// Bytes of a line of the table of contents.
const LINE: usize = 12;
/// Where the tables of a description for other systems, which are empty, end.
const OTHER_NAMES: usize = 78;

static COMPRESSED: LazyLock<Result<Vec<u8>, String>> =
    LazyLock::new(|| deflated(&profile(), LEVEL_BEST).map_err(|error| error.to_string()));

/// The profile, compressed.
pub(super) fn compressed() -> Result<&'static [u8], Error> {
    let problem = |problem: &String| Error::Pdf { problem: problem.clone() };
    COMPRESSED.as_deref().map_err(problem)
}

fn profile() -> Vec<u8> {
    let curve = curve();
    let tags = [
        (b"desc", name()),
        (b"cprt", text("Public domain")),
        (b"wtpt", color(D50)),
        (b"rXYZ", color(RED)),
        (b"gXYZ", color(GREEN)),
        (b"bXYZ", color(BLUE)),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let mut contents = be(tags.len()).to_vec();
    let mut bodies: Vec<u8> = Vec::new();
    let begin = HEADER + 4 + LINE * tags.len();
    let mut before: Option<(usize, Vec<u8>)> = None;
    for (signature, body) in tags {
        // Red, green and blue have one curve, which stands in the profile once.
        let same = before.filter(|(_, last)| *last == body).map(|(at, _)| at);
        let at = same.unwrap_or(begin + bodies.len());
        contents.extend_from_slice(signature);
        contents.extend(be(at));
        contents.extend(be(body.len()));
        if same.is_none() {
            bodies.extend_from_slice(&body);
            bodies.resize(bodies.len().next_multiple_of(4), 0);
        }
        before = Some((at, body));
    }
    let mut profile = header(begin + bodies.len());
    profile.extend(contents);
    profile.extend(bodies);
    profile
}

/// What kind of profile it is: version 2.1, for displays, from red, green and blue to the standard observer's values.
fn header(length: usize) -> Vec<u8> {
    let mut header = be(length).to_vec();
    header.extend([0, 0, 0, 0, 2, 0x10, 0, 0]);
    header.extend(b"mntrRGB XYZ ");
    // The first of January 2000, at midnight: a profile has a date, and this one does not change.
    header.extend([0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    header.extend(b"acsp");
    header.resize(68, 0);
    header.extend(D50.iter().flat_map(|part| part.to_be_bytes()));
    header.resize(HEADER, 0);
    header
}

fn name() -> Vec<u8> {
    let name = b"sRGB\0";
    let mut body = b"desc\0\0\0\0".to_vec();
    body.extend(be(name.len()));
    body.extend(name);
    body.resize(body.len() + OTHER_NAMES, 0);
    body
}

fn text(words: &str) -> Vec<u8> {
    let mut body = b"text\0\0\0\0".to_vec();
    body.extend(words.as_bytes());
    body.push(0);
    body
}

fn color(parts: [u32; 3]) -> Vec<u8> {
    let mut body = b"XYZ \0\0\0\0".to_vec();
    body.extend(parts.iter().flat_map(|part| part.to_be_bytes()));
    body
}

fn curve() -> Vec<u8> {
    let mut body = b"curv\0\0\0\0".to_vec();
    body.extend(be(CURVE.len()));
    body.extend(CURVE.iter().flat_map(|part| part.to_be_bytes()));
    body
}

fn be(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or_default().to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Matrix = [[f64; 3]; 3];

    fn product(left: Matrix, right: Matrix) -> Matrix {
        let cell = |row: usize, column: usize| (0..3).map(|index| left[row][index] * right[index][column]).sum();
        [0, 1, 2].map(|row| [0, 1, 2].map(|column| cell(row, column)))
    }

    fn seen(matrix: Matrix, color: [f64; 3]) -> [f64; 3] {
        matrix.map(|row| row.iter().zip(color).map(|(part, of)| part * of).sum())
    }

    fn inverse(of: Matrix) -> Matrix {
        let minor = |row: usize, column: usize| {
            let (above, below) = ((row + 1) % 3, (row + 2) % 3);
            let (left, right) = ((column + 1) % 3, (column + 2) % 3);
            of[above][left] * of[below][right] - of[above][right] * of[below][left]
        };
        let determinant: f64 = (0..3).map(|column| of[0][column] * minor(0, column)).sum();
        [0, 1, 2].map(|row| [0, 1, 2].map(|column| minor(column, row) / determinant))
    }

    /// Chromaticities of IEC 61966-2-1 (those of ITU-R BT.709 with D65), adapted by the matrix of Bradford that
    /// ICC.1:2001-04 and later name.
    #[test]
    fn the_colours_are_those_of_the_standard() {
        let column = |x: f64, y: f64| [x / y, 1.0, (1.0 - x - y) / y];
        let [red, green, blue] = [column(0.64, 0.33), column(0.30, 0.60), column(0.15, 0.06)];
        let white = column(0.3127, 0.3290);
        let primaries = [0, 1, 2].map(|row| [red[row], green[row], blue[row]]);
        let amounts = seen(inverse(primaries), white);
        let bradford = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]];
        let (from, to) = (seen(bradford, white), seen(bradford, D50.map(|part| f64::from(part) / 65536.0)));
        let mut scale = [[0.0; 3]; 3];
        for index in 0..3 {
            scale[index][index] = to[index] / from[index];
        }
        let adapted = product(inverse(bradford), product(scale, bradford));
        for ((ours, color), amount) in [RED, GREEN, BLUE].iter().zip([red, green, blue]).zip(amounts) {
            for (part, expected) in ours.iter().zip(seen(adapted, color)) {
                assert!((f64::from(*part) - expected * amount * 65536.0).abs() < 1.0, "{ours:?}: {expected}");
            }
        }
        for index in 0..3 {
            let sum = RED[index] + GREEN[index] + BLUE[index];
            assert!(sum.abs_diff(D50[index]) <= 2, "the three together are white: {sum:x}");
        }
    }

    /// The function of IEC 61966-2-1.
    #[test]
    fn the_curve_is_the_standards_to_half_a_step() {
        let written = |light: f64| {
            if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
        };
        for code in 0..=255_u32 {
            let place = f64::from(code) / 255.0 * 32.0;
            let index = (0..31).take_while(|index| f64::from(index + 1) <= place).count();
            let (low, high) = (f64::from(CURVE[index]), f64::from(CURVE[index + 1]));
            let light = (low + (high - low) * (place - index as f64)) / 65535.0;
            assert!((written(light) * 255.0 - f64::from(code)).abs() < 0.5, "{code}");
        }
    }

    #[test]
    fn the_profile_is_whole_and_small() {
        let profile = profile();
        assert_eq!(profile[..4], be(profile.len()));
        assert_eq!((&profile[12..24], &profile[36..40]), (&b"mntrRGB XYZ "[..], &b"acsp"[..]));
        let number = |at: usize| u32::from_be_bytes(profile[at..at + 4].try_into().expect("four bytes")) as usize;
        assert_eq!(number(HEADER), 9);
        for line in 0..9 {
            let at = HEADER + 4 + LINE * line;
            let (begin, length) = (number(at + 4), number(at + 8));
            assert!(begin.is_multiple_of(4) && begin + length <= profile.len(), "{line}");
        }
        let compressed = compressed().expect("compressed").len();
        assert!(compressed < 400, "{compressed} bytes");
    }
}
