//! Who may do what: the rules, pure; the proofs that handlers receive; the session behind them.

mod participant;
mod place;
pub mod policy;
pub mod proofs;
mod question;
mod seat;
mod store;
mod thread;
pub mod visitor;
mod writer;

pub use participant::{Asker, CalendarReader, CallPlace, CertificateHolder, FeedReader, NetworkReader, Participant, TrainingGuest};
pub use place::{Level, Place};
pub use policy::{Facts, MemberRole, Refusal, ReviewStatus, Status, Thread, Ties};
pub use proofs::*;
pub use question::{QuestionHead, QuestionReader};
pub use seat::{BoardReader, CallManager, CallReviewer, CallSeat, Knock};
pub use store::digest;
pub use thread::{ThreadReader, ThreadWriter};
pub use visitor::{Arrival, NomenclatureExpert, Operator, Visitor};
pub use writer::{PartCommenter, PartWriter};
