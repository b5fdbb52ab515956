//! Why the private server could not start, as sentences for the person who typed the command.

use std::{io, path::PathBuf};

use super::locate::OLDEST;

/// Why the private PostgreSQL server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No PostgreSQL on this machine.
    #[error(
        "PostgreSQL est introuvable : installez la version {OLDEST} ou une plus récente (Debian, Ubuntu : « apt install postgresql » ; macOS : « brew install postgresql@17 »), ou indiquez son dossier « bin » dans TRAME_POSTGRES_BIN."
    )]
    NotFound,
    /// `TRAME_POSTGRES_BIN` names a folder that is of no use.
    #[error(
        "TRAME_POSTGRES_BIN désigne {}, où l'utilisateur {user} ne peut pas exécuter « postgres » et « initdb ».", bin.display()
    )]
    NotThere {
        /// What the variable says.
        bin: PathBuf,
        /// Who would run the server.
        user: String,
    },
    /// Only older versions than we support.
    #[error(
        "PostgreSQL {found} ({}) est trop ancien : il faut la version {OLDEST} ou une plus récente.", bin.display()
    )]
    TooOld {
        /// The newest version found.
        found: u32,
        /// Where it is.
        bin: PathBuf,
    },
    /// The data were written by a major version that is not installed.
    #[error(
        "Les données de {} ont été écrites par PostgreSQL {written}, qui n'est plus installé : réinstallez cette version, ou restaurez une sauvegarde dans un dossier neuf.", folder.display()
    )]
    OtherVersion {
        /// The version that wrote the data.
        written: u32,
        /// Where they are.
        folder: PathBuf,
    },
    /// Another process of ours runs the server on these data.
    #[error("Trame est déjà en cours d'exécution sur les données de {}.", folder.display())]
    AlreadyRunning {
        /// Where the data are.
        folder: PathBuf,
    },
    /// The user that runs the server cannot enter the folder.
    #[error(
        "L'utilisateur {user}, qui fait tourner PostgreSQL, ne peut pas entrer dans {} : donnez-lui le droit de traverser ce dossier et ceux qui le contiennent, ou choisissez-en un autre avec TRAME_DATA.", folder.display()
    )]
    NotEnterable {
        /// The folder.
        folder: PathBuf,
        /// Who would run the server.
        user: String,
    },
    /// The folder belongs to somebody else.
    #[error(
        "Le dossier {} appartient à un autre utilisateur ou lui est ouvert : lancez le programme avec le compte qui l'a créé, ou choisissez un autre dossier avec TRAME_DATA.", folder.display()
    )]
    NotOurs {
        /// The folder.
        folder: PathBuf,
    },
    /// Root, without any unprivileged account to become.
    #[error("PostgreSQL refuse de tourner sous root et aucun compte « postgres » ni « nobody » n'existe : créez-en un.")]
    NoAccount,
    /// The data folder could not be initialised.
    #[error("PostgreSQL n'a pas pu préparer son dossier de données :\n{detail}")]
    Initialise {
        /// What initdb said.
        detail: String,
    },
    /// The server ended, or kept us waiting for too long.
    #[error("PostgreSQL n'a pas démarré ; fin de son journal ({}) :\n{tail}", log.display())]
    NotReady {
        /// Its log.
        log: PathBuf,
        /// The last lines of it.
        tail: String,
    },
    /// The file system or the system refused something.
    #[error("PostgreSQL n'a pas pu être lancé ({} : {source}).", path.display())]
    System {
        /// What we were working on.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
}

/// For `map_err`: a refusal by the system, about this path.
pub(super) fn system(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> StartError {
    let path = path.into();
    move |source| StartError::System { path, source }
}
