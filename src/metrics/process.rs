//! What the system says of this process; where there is no `/proc`, nothing.

use std::fs;

/// Memory and open files.
#[derive(Debug, Default, Clone, Copy)]
pub struct Process {
    /// Resident set, in bytes.
    pub memory: u64,
    /// Open files, sockets among them.
    pub files: u64,
    /// Files that may be open at most.
    pub most_files: u64,
}

impl Process {
    /// Reads `/proc/self`.
    #[must_use]
    pub fn read() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        Self {
            memory: number_after(&status, "VmRSS:").unwrap_or(0) * 1024,
            files: fs::read_dir("/proc/self/fd").map_or(0, |entries| entries.count() as u64),
            most_files: number_after(&limits, "Max open files").unwrap_or(0),
        }
    }
}

/// The first number of the line that begins so.
fn number_after(text: &str, start: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(start))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_of_this_process() {
        let Process { memory, files, most_files } = Process::read();
        assert!(memory > 1 << 20 && files >= 3 && most_files >= files, "{memory} {files} {most_files}");
        assert_eq!(number_after("VmPeak:\t 9 kB\nVmRSS:\t  120 kB\n", "VmRSS:"), Some(120));
        assert_eq!(number_after("Max open files            unlimited", "Max open files"), None);
    }
}
