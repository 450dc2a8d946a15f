//! Who works on a run: this process, and whether another one is still alive.
//!
//! A killed process leaves its lease behind. Where the kernel can say that the process is gone, nobody waits for the
//! lease to end.

use std::fs::read_to_string;
use std::path::Path;

/// The name of this process: host, start of the machine, process id and start of the process.
pub(crate) fn this_process() -> String {
    let id = std::process::id();
    let start = started_at(id).unwrap_or_else(|| "unknown".to_owned());
    format!("{}/{}/{id}/{start}", host(), machine_start())
}

/// Whether an owner is a process of this machine that is known to be gone. False where that cannot be known.
pub(crate) fn is_dead(owner: &str) -> bool {
    let parts: Vec<&str> = owner.split('/').collect();
    let [host_name, machine, id, start] = parts[..] else { return false };
    if host_name != host() || !Path::new("/proc/self/stat").exists() {
        return false;
    }
    if machine != machine_start() {
        return true;
    }
    let Ok(id) = id.parse::<u32>() else { return false };
    started_at(id).is_none_or(|found| found != start)
}

fn trimmed(path: &str) -> String {
    read_to_string(path).map_or_else(|_| "unknown".to_owned(), |text| text.trim().replace('/', "-"))
}

fn host() -> String {
    trimmed("/proc/sys/kernel/hostname")
}

fn machine_start() -> String {
    trimmed("/proc/sys/kernel/random/boot_id")
}

/// When a process was started, in ticks since the machine's start; none if there is no such process, or only its
/// remains that nobody has collected.
fn started_at(id: u32) -> Option<String> {
    let text = read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The second field is the program's name in parentheses and may contain spaces.
    let mut after_name = text.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = after_name.next()?;
    if state == "Z" || state == "X" {
        return None;
    }
    after_name.nth(18).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_one_that_has_ended_is_not() {
        let mine = this_process();
        assert!(!is_dead(&mine), "{mine}");
        let mut child = std::process::Command::new("true").spawn().expect("`true` is there");
        let prefix = mine.rsplitn(3, '/').nth(2).expect("four parts").to_owned();
        let owner = format!("{prefix}/{}/1", child.id());
        child.wait().expect("it ends");
        assert!(is_dead(&owner), "{owner}");
        assert!(!is_dead("another-host/x/1/1"));
        assert!(!is_dead("no owner"));
    }
}
