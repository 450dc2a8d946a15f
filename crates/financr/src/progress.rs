//! Progress on a terminal: one line per step, with a bar where a step has many pieces.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jobs::Progress;

/// Shows what happens on standard error. Where that is no terminal, nothing is shown.
#[derive(Clone)]
pub(crate) struct Display {
    bar: Arc<Mutex<ProgressBar>>,
    quiet: bool,
}

impl Display {
    pub(crate) fn new(quiet: bool) -> Display {
        Display { bar: Arc::new(Mutex::new(ProgressBar::hidden())), quiet }
    }

    /// The watcher that jobs are given.
    pub(crate) fn watcher(&self) -> Arc<dyn Fn(Progress) + Send + Sync> {
        let display = self.clone();
        Arc::new(move |progress| display.show(progress))
    }

    /// Begins a line that is no step of a job.
    pub(crate) fn begin(&self, what: &str) {
        self.replace(&format!("{what} "));
    }

    /// Ends the line with a sentence that stays.
    pub(crate) fn end(&self, sentence: &str) {
        let Ok(bar) = self.bar.lock() else { return };
        bar.println(format!("  {sentence}"));
        bar.finish_and_clear();
    }

    /// Moves the bar of the line.
    pub(crate) fn advance(&self, done: usize, total: usize) {
        let Ok(bar) = self.bar.lock() else { return };
        if bar.length().is_none()
            && let Ok(style) = ProgressStyle::with_template("  {spinner} {msg}{wide_bar:.cyan} {pos}/{len} {elapsed}")
        {
            bar.set_style(style);
        }
        bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
        bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }

    fn show(&self, progress: Progress) {
        match progress {
            Progress::StepStarted { step, position, steps } => self.replace(&format!("[{position}/{steps}] {step} ")),
            Progress::StepSkipped { step } => self.end(&format!("{step:<14} was done before")),
            Progress::StepFinished { step, report, duration_ms } => {
                self.end(&format!("{step:<14} {:>8} ms  {}", duration_ms, report.note));
            }
            Progress::Advanced { done, total } => self.advance(done, total),
        }
    }

    fn replace(&self, message: &str) {
        if self.quiet {
            return;
        }
        let Ok(mut bar) = self.bar.lock() else { return };
        bar.finish_and_clear();
        // Without pieces to count there is no bar: a full one would look like the end.
        let style = ProgressStyle::with_template("  {spinner} {msg}{elapsed}");
        *bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(message.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
    }
}
