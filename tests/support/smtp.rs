//! A mail server that answers what it is told to, recipient by recipient, and keeps what it takes. The browser tests use a real one.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a recipient is answered: a code of SMTP.
type Rule = fn(&str) -> u16;

/// The server, and the mails that it took: recipient, and whole text.
pub struct Smtp {
    pub url: String,
    pub port: u16,
    taken: Arc<Mutex<Vec<(String, String)>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Smtp {
    /// Listens on that port, or on a free one for zero.
    pub async fn listen(port: u16, rule: Rule) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("port");
        let port = listener.local_addr().expect("address").port();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&taken);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, rule, Arc::clone(&kept)));
            }
        });
        Self { url: format!("smtp://127.0.0.1:{port}"), port, taken, task }
    }

    /// Mails taken until now.
    pub fn taken(&self) -> Vec<(String, String)> {
        self.taken.lock().expect("lock").clone()
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn talk(stream: TcpStream, rule: Rule, taken: Arc<Mutex<Vec<(String, String)>>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = String::new();
    if write.write_all(b"220 essai\r\n").await.is_err() {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let code = rule(&to);
                format!("{code} {}\r\n", if code == 250 { "ok" } else { "non" })
            }
            "DATA" => {
                if write.write_all(b"354 go\r\n").await.is_err() {
                    return;
                }
                let mut text = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    text.push_str(&line);
                    text.push('\n');
                }
                taken.lock().expect("lock").push((to.clone(), text));
                "250 kept\r\n".to_owned()
            }
            "QUIT" => "221 bye\r\n".to_owned(),
            _ => "250 ok\r\n".to_owned(),
        };
        if write.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
