//! Passwords: hashed with Argon2id off the async threads, judged only when one is chosen.

use std::sync::{Arc, LazyLock};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use zxcvbn::Score;

use crate::app::App;
use crate::error::AppError;
use crate::kit::french::{NBSP, NNBSP, Sentence, count, fold};

/// Fewest characters of a password.
pub const SHORTEST: usize = 12;
/// Fewest characters for managers and operators.
pub const SHORTEST_FOR_STAFF: usize = 16;
/// Most characters of a password.
pub const LONGEST: usize = 256;

/// Hash of nobody's password: an unknown address costs the time of a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bmF2ZXR0ZS1ldC10cmFtZQ$Q2hhw65uZSBkcmVzc8OpZSwgdHJhbWUgcGFzc8OpZS4";

static COMMON: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut words: Vec<&str> = include_str!("common_passwords.txt").lines().collect();
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    words
});

/// The person who chooses a password: what it may not repeat, and how long it must be.
#[derive(Debug, Clone, Default)]
pub struct Chooser {
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Organisation.
    pub organisation: String,
    /// Manages a call or operates the service.
    pub is_staff: bool,
}

impl Chooser {
    /// Fewest characters of this person's password.
    pub fn shortest(&self) -> usize {
        if self.is_staff { SHORTEST_FOR_STAFF } else { SHORTEST }
    }

    /// The rule, as a hint of the field.
    pub fn hint(&self) -> String {
        format!("{} au moins. Par exemple quatre mots sans rapport entre eux.", count(self.shortest(), "caractère", "caractères"))
    }

    fn words(&self) -> Vec<String> {
        let text = fold(&format!("{} {} {}", self.email, self.name, self.organisation));
        let mut words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 3).map(str::to_owned).collect();
        words.push(fold(&self.email).chars().filter(|c| c.is_alphanumeric()).collect());
        words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
        words
    }
}

/// Judges a password that somebody chooses.
///
/// # Errors
/// A sentence that says what to write instead.
pub fn judge(password: &str, chooser: &Chooser) -> Result<(), Sentence> {
    let length = password.chars().count();
    if length < chooser.shortest() {
        let asked = count(chooser.shortest(), "caractère", "caractères");
        return Err(Sentence::new(format!("Écrire {asked} au moins{NNBSP}; ce mot de passe en compte{NBSP}{length}.")));
    }
    if length > LONGEST {
        return Err(Sentence::new(format!("Écrire {} au plus.", count(LONGEST, "caractère", "caractères"))));
    }
    let own = chooser.words();
    if leftover(password, &own) <= 4 {
        return Err(Sentence::new(format!(
            "Choisir un autre mot de passe{NBSP}: celui-ci est fait de mots courants, de votre nom, de votre adresse ou d’une suite de touches."
        )));
    }
    let known: Vec<&str> = own.iter().map(String::as_str).chain(COMMON.iter().copied()).collect();
    if zxcvbn::zxcvbn(password, &known).score() < Score::Three {
        return Err(Sentence::new(format!("Choisir un mot de passe plus difficile à deviner{NBSP}: par exemple quatre mots sans rapport entre eux.")));
    }
    Ok(())
}

/// Letters and digits left once the common words and the person's own are taken out.
fn leftover(password: &str, own: &[String]) -> usize {
    let mut rest: String = fold(password).chars().filter(|c| c.is_alphanumeric()).collect();
    for word in own.iter().map(String::as_str).chain(COMMON.iter().copied()) {
        rest = rest.replace(word, "");
    }
    rest.chars().count()
}

/// Hashes a password, without judging it.
pub async fn hash(app: &App, password: &str) -> Result<String, AppError> {
    let password = password.to_owned();
    off_thread(app, move || Ok(Argon2::default().hash_password(password.as_bytes()).map_err(|error| anyhow::anyhow!("{error}"))?.to_string())).await
}

/// Judges a chosen password, then hashes it; the inner error is what to tell the person.
pub async fn choose(app: &App, password: &str, chooser: &Chooser) -> Result<Result<String, Sentence>, AppError> {
    let (password, chooser) = (password.to_owned(), chooser.clone());
    let judged = off_thread(app, {
        let password = password.clone();
        move || Ok(judge(&password, &chooser))
    })
    .await?;
    match judged {
        Ok(()) => Ok(Ok(hash(app, &password).await?)),
        Err(sentence) => Ok(Err(sentence)),
    }
}

/// Compares a typed password with a hash; without a hash it costs the same and is wrong.
pub async fn verify(app: &App, password: &str, hash: Option<String>) -> Result<bool, AppError> {
    let is_sane = password.chars().count() <= LONGEST;
    let typed = if is_sane { password.to_owned() } else { String::new() };
    off_thread(app, move || {
        let parsed = PasswordHash::new(hash.as_deref().unwrap_or(NOBODY)).map_err(|error| anyhow::anyhow!("stored hash: {error}"))?;
        let is_right = Argon2::default().verify_password(typed.as_bytes(), &parsed).is_ok();
        Ok(is_right && is_sane && hash.is_some())
    })
    .await
}

/// Runs what costs a core, a bounded number at a time; the place is kept until the work ends, even for a visitor who left.
async fn off_thread<T: Send + 'static>(app: &App, work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> Result<T, AppError> {
    let seat = Arc::clone(&app.hashing).acquire_owned().await.map_err(anyhow::Error::from)?;
    let done = tokio::task::spawn_blocking(move || {
        let outcome = work();
        drop(seat);
        outcome
    });
    Ok(done.await.map_err(anyhow::Error::from)??)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chooser(is_staff: bool) -> Chooser {
        Chooser { email: "maud.trichet@rives.example.org".into(), name: "Maud Trichet".into(), organisation: "Syndicat des Rives".into(), is_staff }
    }

    #[test]
    fn length_is_counted_in_characters() {
        let person = chooser(false);
        let refused = judge("éàçùôîûœëïö", &person).expect_err("eleven");
        assert_eq!(refused.as_str(), "Écrire 12\u{a0}caractères au moins\u{202f}; ce mot de passe en compte\u{a0}11.");
        assert!(judge("gravier moka luth", &person).is_ok());
        assert!(judge("gravier moka luth", &chooser(true)).is_ok());
        assert!(judge("gravier moka lu", &chooser(true)).is_err(), "fifteen characters, for staff");
        assert!(judge(&"gravier moka luth ".repeat(15), &person).is_err(), "too long");
    }

    #[test]
    fn common_words_keys_in_a_row_and_ones_own_name_are_refused() {
        let person = chooser(false);
        for password in [
            "trame-demo-2015",
            "Motdepasse2026!",
            "azertyuiop123",
            "123456789012",
            "Maud.Trichet1987",
            "maudtrichet!rives",
            "Bonjour-Soleil-77",
            "aaaaaaaaaaaaaaaa",
            "P o i t i e r s 2 0 1 5",
        ] {
            assert!(judge(password, &person).is_err(), "{password}");
        }
    }

    #[test]
    fn long_and_odd_passwords_are_accepted() {
        let person = chooser(false);
        for password in ["gT7#kq9!Lz2&vB", "ruche cobalt tandem violon", "une girafe lit sous la pluie", "Ψυχή-κόσμος-ἄνεμος"] {
            assert!(judge(password, &person).is_ok(), "{password}: {:?}", judge(password, &person));
        }
    }

    #[test]
    fn nobodys_hash_costs_what_a_real_one_costs() {
        let nobody = PasswordHash::new(NOBODY).expect("well formed");
        let real = Argon2::default().hash_password(b"x").expect("hash");
        assert_eq!((nobody.algorithm, nobody.version, &nobody.params), (real.algorithm, real.version, &real.params));
        assert_eq!(nobody.hash.expect("hash").len(), real.hash.expect("hash").len());
    }
}
