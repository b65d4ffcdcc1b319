//! What is wanted of the recordings over HTTP is done here, on a thread that may wait for a disk and a worker.

use super::errand::sound_of;
use super::import::{discard, keep};
use super::load::look;
use super::worker::LARGEST;
use super::{folder, language};
use orbitbox_admin::{PROMPT_BACKLOG, Prompt, PromptOrder, PromptRefusal, Prompts};
use orbitbox_paging::{Language, recording_name};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

/// Everything the thread owns.
#[derive(Debug)]
pub struct PromptDesk {
    program: PathBuf,
    data: PathBuf,
    orders: mpsc::Receiver<PromptOrder>,
}

/// Makes what the page is given, and the thread's part. `program` is this program.
pub fn desk(program: PathBuf, data: &Path) -> (Prompts, PromptDesk) {
    let (orders, ordered) = mpsc::channel(PROMPT_BACKLOG);
    let largest = usize::try_from(LARGEST).unwrap_or(usize::MAX);
    (Prompts { orders, largest }, PromptDesk { program, data: data.to_owned(), orders: ordered })
}

impl PromptDesk {
    /// Runs until nobody can order anything any more.
    pub fn run(mut self) {
        while let Some(order) = self.orders.blocking_recv() {
            match order {
                // Whoever asked may have gone meanwhile.
                PromptOrder::List(answer) => drop(answer.send(Ok(self.list()))),
                PromptOrder::Add { answer, .. } if answer.is_closed() => {}
                PromptOrder::Add { language, name, bytes, answer } => {
                    drop(answer.send(self.add(&language, &name, &bytes)));
                }
                PromptOrder::Remove { language, name, answer } => drop(answer.send(self.remove(&language, &name))),
            }
        }
    }

    fn list(&self) -> Vec<Prompt> {
        let of = |language: Language| {
            let (found, _) = look(&folder(&self.data, language), language);
            let files: Vec<PathBuf> = found.iter().map(|found| found.path.clone()).collect();
            let prompt = move |(name, sound): (String, Result<orbitbox_audio::Pcm, String>)| Prompt {
                language: language.code().to_owned(),
                name,
                seconds: sound.as_ref().ok().map(|pcm| pcm.duration().as_secs_f64()),
                fault: sound.err(),
            };
            let names = found.into_iter().map(|found| found.name);
            names.zip(sound_of(&self.program, &files)).map(prompt).collect::<Vec<_>>()
        };
        Language::ALL.into_iter().flat_map(of).collect()
    }

    fn add(&self, code: &str, name: &str, bytes: &[u8]) -> Result<Prompt, PromptRefusal> {
        let (language, name) = meant(code, name)?;
        // Beside the recordings, where there is room for it, under a name that is none of theirs.
        let place = folder(&self.data, language);
        let file = place.join(".upload");
        std::fs::create_dir_all(&place).and_then(|()| std::fs::write(&file, bytes)).map_err(disk)?;
        let sound = sound_of(&self.program, std::slice::from_ref(&file)).pop();
        std::fs::remove_file(&file).map_err(disk)?;
        let pcm = sound.unwrap_or_else(|| Err("nothing can be decoded".to_owned())).map_err(PromptRefusal::Unfit)?;
        keep(&place, &name, &pcm).map_err(|error| PromptRefusal::Disk(format!("{error:#}")))?;
        let seconds = Some(pcm.duration().as_secs_f64());
        Ok(Prompt { language: code.to_owned(), name, seconds, fault: None })
    }

    fn remove(&self, code: &str, name: &str) -> Result<(), PromptRefusal> {
        let (language, name) = meant(code, name)?;
        match discard(&folder(&self.data, language), &name, None) {
            Ok(0) => Err(PromptRefusal::Absent(format!("There is no own recording of {name} in {code}."))),
            Ok(_) => Ok(()),
            Err(error) => Err(PromptRefusal::Disk(format!("{error:#}"))),
        }
    }
}

fn meant(code: &str, name: &str) -> Result<(Language, String), PromptRefusal> {
    let language = language(code).map_err(|error| PromptRefusal::Unfit(format!("{error:#}")))?;
    let nothing = || PromptRefusal::Unfit(format!("The unit says nothing called `{name}`."));
    Ok((language, recording_name(name).ok_or_else(nothing)?))
}

fn disk(error: std::io::Error) -> PromptRefusal {
    PromptRefusal::Disk(format!("The file cannot be kept: {error}"))
}
