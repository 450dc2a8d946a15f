//! The settings in `docker-compose.yml`: the program works with them.

use crate::house::House;

/// Spaces before each line of the settings.
const INDENT: &str = "      ";

#[test]
fn the_program_delivers_with_the_settings_of_the_compose_file() {
    let text = include_str!("../../../../docker-compose.yml");
    let (_, rest) = text.split_once("    content: |\n").expect("the settings stand in the file");
    let lines = rest.lines().take_while(|line| line.is_empty() || line.starts_with(INDENT));
    let settings: String = lines.map(|line| format!("{}\n", line.strip_prefix(INDENT).unwrap_or(line))).collect();
    assert!(settings.contains("[mail.transport.smtp]"), "{settings}");
    let house = House::new();
    std::fs::write(house.path().join("financr.toml"), &settings).expect("written");
    // There is nothing to send, but a way to send it must be set up.
    let told = house.done(&["run", "deliver", "--date", "2024-01-31"]);
    assert!(told.contains("deliver"), "{told}");
}
