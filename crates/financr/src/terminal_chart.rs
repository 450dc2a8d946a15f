//! Small drawings of numbers in a terminal: a line of bars, an area, bars of counts.
//!
//! Where the characters for it cannot be shown, letters and signs take their place: coarser, and readable everywhere.

/// What is drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Block elements of Unicode, of which eight fill a cell.
    Blocks,
    /// Signs of ASCII.
    Ascii,
}

/// Steps of which a cell of the drawing is filled.
const STEPS: u32 = 8;
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// In one line every step has its sign.
const SIGNS: [char; 9] = [' ', '_', '.', ',', '-', '=', '+', '*', '#'];
/// In an area a cell is empty, half or full.
const AREA_SIGNS: [char; 9] = [' ', '.', '.', '.', ':', ':', ':', ':', '#'];

/// What stands for several numbers in one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    /// The last of them.
    Last,
    /// The least of them.
    Least,
}

/// At most so many numbers: neighbours share a column if there are more.
pub(crate) fn columns(numbers: &[f64], width: usize, pick: Pick) -> Vec<f64> {
    let count = numbers.len();
    if count <= width {
        return numbers.to_vec();
    }
    let share = |column: usize| numbers.get(column * count / width..(column + 1) * count / width).unwrap_or_default();
    let picked = |share: &[f64]| match pick {
        Pick::Last => share.last().copied(),
        Pick::Least => share.iter().copied().reduce(f64::min),
    };
    (0..width).filter_map(|column| picked(share(column))).collect()
}

/// Numbers as one line of bars, the least at the bottom and the greatest at the top, a column each.
pub(crate) fn sparkline(numbers: &[f64], ink: Ink) -> String {
    let signs = match ink {
        Ink::Blocks => BLOCKS,
        Ink::Ascii => SIGNS,
    };
    steps(numbers, STEPS).into_iter().map(|step| sign(signs, step)).collect()
}

/// Numbers as an area of so many lines, from the top line to the bottom line, a column each.
pub(crate) fn area(numbers: &[f64], height: u32, ink: Ink) -> Vec<String> {
    let signs = match ink {
        Ink::Blocks => BLOCKS,
        Ink::Ascii => AREA_SIGNS,
    };
    let filled = steps(numbers, height * STEPS);
    let line = |below: u32| filled.iter().map(|step| sign(signs, step.saturating_sub(below * STEPS))).collect();
    (0..height).rev().map(line).collect()
}

/// A bar for a count: the greatest count has the whole width, one that is not zero at least one column.
pub(crate) fn bar(count: usize, greatest: usize, width: usize, ink: Ink) -> String {
    let full = match ink {
        Ink::Blocks => "█",
        Ink::Ascii => "#",
    };
    let columns = (count * width).checked_div(greatest).unwrap_or(0);
    full.repeat(columns.max(usize::from(0 < count)))
}

/// A number as a bar from an axis in the middle: to the right if it is above zero, to the left if it is below. The
/// greatest size has so many columns, one that is not zero at least one.
pub(crate) fn bar_from_axis(number: f64, greatest: f64, width: usize, ink: Ink) -> String {
    let axis = match ink {
        Ink::Blocks => '│',
        Ink::Ascii => '|',
    };
    let part = if 0.0 < greatest { number.abs() / greatest } else { 0.0 };
    let wanted = part * f64::from(u32::try_from(width).unwrap_or(u32::MAX));
    let is_filled = |column: &u32| f64::from(*column) <= wanted + 0.5 || *column == 1 && 0.0 < number.abs();
    let columns = (1..).take(width).take_while(is_filled).count();
    let drawn = bar(columns, width, width, ink);
    if number < 0.0 { format!("{drawn:>width$}{axis}") } else { format!("{:>width$}{axis}{drawn}", "") }
}

/// How many of the steps each number fills: all for the greatest, one for the least, which is to be seen, too.
fn steps(numbers: &[f64], all: u32) -> Vec<u32> {
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let span = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max) - least;
    let filled = |number: f64| {
        let part = if 0.0 < span { (number - least) / span } else { 0.0 };
        let wanted = part * f64::from(all);
        // The nearest step; halves count as the next one.
        (1..=all).take_while(|step| f64::from(*step) <= wanted + 0.5).last().unwrap_or(1)
    };
    numbers.iter().map(|number| filled(*number)).collect()
}

fn sign(signs: [char; 9], step: u32) -> char {
    let place = usize::try_from(step.min(STEPS)).unwrap_or_default();
    signs.get(place).copied().unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_from_the_least_to_the_greatest() {
        let eight: Vec<f64> = (1..=8).map(f64::from).collect();
        // 1 to 8 in steps of 8/7: 0 (drawn as one), 1.14, 2.29, 3.43, 4.57, 5.71, 6.86, 8.
        assert_eq!(sparkline(&eight, Ink::Blocks), "▁▁▂▃▅▆▇█");
        assert_eq!(sparkline(&eight, Ink::Ascii), "__.,=+*#");
        assert_eq!(sparkline(&[3.0, 1.0, 2.0], Ink::Blocks), "█▁▄");
        // Numbers that do not differ have no shape, and none have no line.
        assert_eq!(sparkline(&[2.0, 2.0], Ink::Blocks), "▁▁");
        assert_eq!(sparkline(&[], Ink::Blocks), "");
    }

    #[test]
    fn an_area_is_filled_from_below() {
        assert_eq!(area(&[0.0, 1.0, 0.5], 2, Ink::Blocks), [" █ ", "▁██"]);
        assert_eq!(area(&[0.0, 1.0, 0.5], 2, Ink::Ascii), [" # ", ".##"]);
        // 0.75 of two cells are a cell and a half.
        assert_eq!(area(&[0.0, 0.75, 1.0], 2, Ink::Blocks), [" ▄█", "▁██"]);
        let drawn = area(&[1.0, f64::from(7), 3.5], 5, Ink::Ascii);
        assert!(drawn.len() == 5 && drawn.iter().all(|line| line.chars().count() == 3 && line.is_ascii()), "{drawn:?}");
    }

    #[test]
    fn more_numbers_than_columns_share_them() {
        let numbers: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(columns(&numbers, 5, Pick::Last), [2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(columns(&numbers, 5, Pick::Least), [1.0, 3.0, 5.0, 7.0, 9.0]);
        assert_eq!(columns(&numbers, 3, Pick::Last), [3.0, 6.0, 10.0], "the last number is never left out");
        assert_eq!(columns(&numbers, 20, Pick::Last), numbers, "fewer are not stretched");
        assert_eq!(columns(&numbers, 0, Pick::Last), Vec::<f64>::new());
    }

    #[test]
    fn bars_are_in_proportion_and_one_is_seen() {
        assert_eq!(bar(50, 100, 10, Ink::Ascii), "#####");
        assert_eq!(bar(100, 100, 4, Ink::Blocks), "████");
        assert_eq!(bar(1, 1000, 10, Ink::Ascii), "#");
        assert_eq!(bar(0, 1000, 10, Ink::Ascii), "");
        assert_eq!(bar(0, 0, 10, Ink::Ascii), "");
    }

    #[test]
    fn gains_go_to_the_right_of_the_axis_and_losses_to_the_left() {
        assert_eq!(bar_from_axis(0.02, 0.04, 4, Ink::Ascii), "    |##");
        assert_eq!(bar_from_axis(-0.04, 0.04, 4, Ink::Ascii), "####|");
        assert_eq!(bar_from_axis(-0.000_1, 0.04, 4, Ink::Blocks), "   █│");
        assert_eq!(bar_from_axis(0.0, 0.04, 4, Ink::Ascii), "    |");
        assert_eq!(bar_from_axis(0.0, 0.0, 4, Ink::Ascii), "    |");
    }
}
