//! [`Screen`]: the newest solve, drawn while it runs.

use super::{Options, draws, outcome};
use crate::telemetry::{History, Solve, Tally};
use ratatui::Frame;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyModifiers};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Style, Stylize};
use ratatui::symbols::Marker;
use ratatui::text::Line;
use ratatui::widgets::{Axis, Block, Chart, Dataset, GraphType, Paragraph};
use std::collections::VecDeque;
use std::io::{self, Stderr, stderr};
use std::time::{Duration, Instant};

/// Between two drawings.
const FRAME: Duration = Duration::from_millis(100);
/// Solves drawn beside the newest.
const BESIDE: usize = 4;
/// Lines of the log that are shown.
const REMARKS: usize = 5;

/// The terminal, taken while it lives.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Stderr>>,
    title: String,
    remarks: VecDeque<String>,
    drawn: Option<Instant>,
}

impl Screen {
    /// Takes the terminal, if there is one to draw on.
    pub(super) fn open(options: &Options) -> io::Result<Option<Self>> {
        if !draws(options) {
            return Ok(None);
        }
        enable_raw_mode()?;
        // From here on leaving gives the terminal back.
        let mut screen = Self {
            terminal: Terminal::new(CrosstermBackend::new(stderr()))?,
            title: options.source.display().to_string(),
            remarks: VecDeque::new(),
            drawn: None,
        };
        execute!(stderr(), EnterAlternateScreen)?;
        screen.terminal.clear()?;
        Ok(Some(screen))
    }

    /// Another line of the log.
    pub(super) fn remark(&mut self, line: &str) {
        if self.remarks.len() == REMARKS {
            self.remarks.pop_front();
        }
        self.remarks.push_back(line.to_owned());
    }

    /// Draws, if the last time is long enough ago.
    pub(super) fn draw(&mut self, history: &History, tally: Tally) -> io::Result<()> {
        if self.drawn.is_some_and(|drawn| drawn.elapsed() < FRAME) {
            return Ok(());
        }
        self.drawn = Some(Instant::now());
        let Self { terminal, title, remarks, .. } = self;
        terminal.draw(|frame| show(frame, title, history, tally, remarks))?;
        Ok(())
    }

    /// Has the watcher pressed q, Escape or Ctrl-C?
    pub(super) fn is_left(&self) -> io::Result<bool> {
        while event::poll(Duration::ZERO)? {
            if let Event::Key(key) = event::read()? {
                let interrupted =
                    key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c');
                if interrupted || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Nothing better can be done where even that fails.
        let _ = execute!(stderr(), LeaveAlternateScreen);
        let _ = disable_raw_mode();
    }
}

/// Everything on the screen.
fn show(
    frame: &mut Frame<'_>,
    title: &str,
    history: &History,
    tally: Tally,
    remarks: &VecDeque<String>,
) {
    let rows = [
        Constraint::Length(2),
        Constraint::Min(8),
        Constraint::Length(BESIDE as u16 + 1),
        Constraint::Length(remarks.len() as u16),
    ];
    let [head, plot, solves, log] = Layout::vertical(rows).areas(frame.area());
    let counts = format!(
        "{} solves, {} converged, {} otherwise · {} observations, {} lost, {} damaged, {} foreign",
        history.solves(),
        history.converged(),
        history.failed(),
        tally.observations,
        tally.lost,
        tally.damaged,
        tally.foreign,
    );
    let title = Line::from(format!("solvekit watch {title} · q leaves")).bold();
    frame.render_widget(Paragraph::new(vec![title, Line::from(counts)]), head);
    chart(frame, plot, history);
    let newest =
        history.kept().rev().take(BESIDE + 1).map(|solve| Line::from(outcome::line(solve)));
    frame.render_widget(Paragraph::new(newest.collect::<Vec<_>>()), solves);
    let remarks = remarks.iter().map(|line| Line::from(line.as_str()).dim());
    frame.render_widget(Paragraph::new(remarks.collect::<Vec<_>>()), log);
}

/// The logarithm of the certificate over the iterations, the newest solve above those before.
fn chart(frame: &mut Frame<'_>, area: ratatui::layout::Rect, history: &History) {
    let curves: Vec<_> = history.kept().rev().take(BESIDE + 1).map(logarithms).collect();
    let points = || curves.iter().flatten();
    let width = points().map(|point| point.0).fold(1.0, f64::max);
    let (low, high) = points()
        .map(|point| point.1)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    // Whole powers of ten, and at least one of them.
    let (low, high) = if low <= high { (low.floor(), high.ceil()) } else { (-1.0, 0.0) };
    let high = high.max(low + 1.0);
    let colors = [Color::Cyan, Color::DarkGray, Color::DarkGray, Color::DarkGray, Color::DarkGray];
    // What is drawn last lies above.
    let drawn = curves.iter().zip(colors).rev().map(|(curve, color)| {
        let set = Dataset::default().marker(Marker::Braille).graph_type(GraphType::Line);
        set.style(Style::default().fg(color)).data(curve)
    });
    let middle = (low + high) / 2.0;
    let ten_to = |power: f64| Line::from(format!("1e{power:.1}").replace(".0", ""));
    let x = Axis::default()
        .title("iteration")
        .bounds([0.0, width])
        .labels([Line::from("0"), Line::from(format!("{width:.0}"))]);
    let y = Axis::default().title("residual").bounds([low, high]).labels([
        ten_to(low),
        ten_to(middle),
        ten_to(high),
    ]);
    let chart = Chart::new(drawn.collect()).block(Block::bordered()).x_axis(x).y_axis(y);
    frame.render_widget(chart, area);
}

fn logarithms(solve: &Solve) -> Vec<(f64, f64)> {
    let positive = |residual: f32| residual > 0.0 && residual.is_finite();
    let shown = solve.looks.iter().filter(|look| positive(look.residual));
    shown.map(|look| (f64::from(look.iteration), f64::from(look.residual).log10())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::backend::TestBackend;
    use solvekit::{Observation, Status};

    fn drawn(history: &History, remarks: &VecDeque<String>) -> String {
        let mut terminal = Terminal::new(TestBackend::new(100, 30)).unwrap();
        let tally = Tally { observations: 41, ..Tally::default() };
        terminal.draw(|frame| show(frame, "port", history, tally, remarks)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn the_screen_shows_the_newest_solve_and_those_before() {
        let mut history = History::default();
        for (solve, rate) in [(0, 0.5_f32), (1, 0.25)] {
            for iteration in 0..=20 {
                let status = if iteration == 20 { Status::Converged } else { Status::Running };
                history.add(&Observation {
                    iteration,
                    residual: rate.powi(iteration as i32),
                    parameter: Some(1.5),
                    arm: Some(solve),
                    status,
                });
            }
        }
        let text = drawn(&history, &VecDeque::from(["battery low".to_owned()]));
        for expected in [
            "2 solves, 2 converged, 0 otherwise · 41 observations",
            "solve 2: converged after 20 iterations, residual 9.09e-13, ω 1.5000, arm 1",
            "solve 1: converged after 20 iterations, residual 9.54e-7",
            "1e-13",
            "1e0",
            "battery low",
        ] {
            assert!(text.contains(expected), "no `{expected}` in\n{text}");
        }
        // Braille dots of the curves.
        assert!(text.chars().filter(|c| ('\u{2801}'..='\u{28ff}').contains(c)).count() > 40);
    }

    #[test]
    fn nothing_and_what_is_not_finite_can_be_shown_too() {
        drawn(&History::default(), &VecDeque::new());
        let mut history = History::default();
        for (iteration, residual) in [(0, 0.0), (1, f32::NAN), (2, f32::INFINITY)] {
            let status = Status::Running;
            history.add(&Observation { iteration, residual, parameter: None, arm: None, status });
        }
        drawn(&history, &VecDeque::new());
    }
}
