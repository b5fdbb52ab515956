//! Finds the PostgreSQL programs of this machine.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::{account::Account, error::StartError};

/// The oldest major version we support.
pub(super) const OLDEST: u32 = 15;

/// Folders that hold one folder per version: parent, start of the name, where the programs are below it.
const VERSIONED: [(&str, &str, &str); 6] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
];

/// A folder with `postgres` and `initdb`, which the account can run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Programs {
    bin: PathBuf,
    pub major: u32,
}

impl Programs {
    pub fn postgres(&self) -> PathBuf {
        self.bin.join("postgres")
    }

    pub fn initdb(&self) -> PathBuf {
        self.bin.join("initdb")
    }

    /// Asks the program itself, as the account: this also shows that the account can run it.
    fn probe(account: &Account, bin: &Path) -> Option<Self> {
        let bin = fs::canonicalize(bin.join("postgres")).ok()?.parent()?.to_owned();
        if !bin.join("initdb").exists() {
            return None;
        }
        let answer = account.command(bin.join("postgres")).arg("--version").output().ok()?;
        let major = major(&String::from_utf8_lossy(&answer.stdout))?;
        Some(Self { bin, major })
    }
}

/// The programs to use: those of the version that wrote the data, else the newest of the machine.
pub(super) fn find(account: &Account, written: Option<(u32, &Path)>) -> Result<Programs, StartError> {
    let probe = |bins: Vec<PathBuf>| bins.iter().filter_map(|bin| Programs::probe(account, bin)).collect::<Vec<_>>();
    if let Some(bin) = env::var_os("TRAME_POSTGRES_BIN").filter(|bin| !bin.is_empty()) {
        let bin = PathBuf::from(bin);
        let there = probe(vec![bin.clone()]);
        if there.is_empty() {
            return Err(StartError::NotThere { bin, user: account.name().to_owned() });
        }
        return choose(there, vec![], written);
    }
    choose(probe(installed()), probe(cached()), written)
}

/// What the machine has comes before our own copy, which is only there for machines that have nothing.
fn choose(installed: Vec<Programs>, cached: Vec<Programs>, written: Option<(u32, &Path)>) -> Result<Programs, StartError> {
    if let Some((written, folder)) = written {
        let same = installed.into_iter().chain(cached).find(|programs| programs.major == written);
        return same.ok_or_else(|| StartError::OtherVersion { written, folder: folder.to_owned() });
    }
    let newest = |found: Vec<Programs>| found.into_iter().max_by_key(|programs| programs.major);
    let (installed, cached) = (newest(installed), newest(cached));
    let best = [&installed, &cached].into_iter().flatten().find(|programs| programs.major >= OLDEST);
    match (best, installed.as_ref().or(cached.as_ref())) {
        (Some(best), _) => Ok(best.clone()),
        (None, Some(old)) => Err(StartError::TooOld { found: old.major, bin: old.bin.clone() }),
        (None, None) => Err(StartError::NotFound),
    }
}

fn installed() -> Vec<PathBuf> {
    let versioned = VERSIONED.iter().flat_map(|&(parent, start, below)| children(Path::new(parent), start).into_iter().map(move |version| version.join(below)));
    let path = env::var_os("PATH").unwrap_or_default();
    versioned.chain(env::split_paths(&path).filter(|bin| bin.is_absolute())).collect()
}

/// Copies that `scripts/prepare.sh` fetched, for root and for others.
fn cached() -> Vec<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    let caches = [home.map(|cache| cache.join("trame")), Some(PathBuf::from("/var/cache/trame"))];
    caches.into_iter().flatten().flat_map(|cache| children(&cache, "postgres-")).map(|version| version.join("bin")).collect()
}

fn children(parent: &Path, start: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(start)).map(|entry| entry.path()).collect()
}

/// The major version in `postgres (PostgreSQL) 15.18 (Debian …)`.
fn major(answer: &str) -> Option<u32> {
    let version = answer.split("(PostgreSQL) ").nth(1)?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Programs, StartError, choose, major};

    fn programs(majors: &[u32]) -> Vec<Programs> {
        majors.iter().map(|&major| Programs { bin: PathBuf::from("/opt/bin"), major }).collect()
    }

    #[test]
    fn versions_are_read() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(major("something else 15"), None);
    }

    #[test]
    fn the_newest_of_the_machine_comes_before_our_copy() {
        let newest = |installed: &[u32], cached: &[u32]| choose(programs(installed), programs(cached), None);
        assert_eq!(newest(&[15, 17, 16], &[18]).map(|found| found.major).ok(), Some(17));
        assert_eq!(newest(&[13], &[18]).map(|found| found.major).ok(), Some(18));
        assert!(matches!(newest(&[13, 14], &[]), Err(StartError::TooOld { found: 14, .. })));
        assert!(matches!(newest(&[], &[]), Err(StartError::NotFound)));
    }

    #[test]
    fn data_are_only_opened_by_the_version_that_wrote_them() {
        let folder = Path::new("/srv/trame");
        let same = |installed: &[u32], cached: &[u32]| choose(programs(installed), programs(cached), Some((16, folder))).map(|found| found.major).ok();
        assert_eq!(same(&[17, 16], &[]), Some(16));
        assert_eq!(same(&[17], &[16]), Some(16));
        assert_eq!(same(&[15, 17], &[18]), None);
    }
}
