//! Which kinds of statements a house makes by itself, and how often.

use std::collections::BTreeMap;

use reports::overviews::{self, OVERVIEWS, OverviewKind};
use reports::statements::{self, STATEMENTS, StatementKind};
use reports::{Event, Rhythm};
use schemas::{CalendarLength, with_causes};

/// How often each kind of statement is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementPlan {
    rhythms: BTreeMap<&'static str, Rhythm>,
    /// Whether somebody has named the kinds.
    is_asked_for: bool,
}

/// What the plan must know of a kind of document.
struct Made {
    id: &'static str,
    rhythm: Rhythm,
    shortest: CalendarLength,
}

impl Made {
    fn all() -> impl Iterator<Item = Made> {
        let statements = STATEMENTS.iter().map(|kind| Made::of(kind));
        let overviews = OVERVIEWS.iter().map(|kind| Made::of_overview(kind));
        statements.chain(overviews)
    }

    fn of(kind: &StatementKind) -> Made {
        Made { id: kind.id, rhythm: kind.rhythm, shortest: kind.shortest }
    }

    fn of_overview(kind: &OverviewKind) -> Made {
        Made { id: kind.id, rhythm: kind.rhythm, shortest: kind.shortest }
    }

    /// The kind of this name.
    fn named(id: &str) -> Result<Made, String> {
        if let Some(overview) = overviews::named(id) {
            return Ok(Made::of_overview(overview));
        }
        statements::named(id).map(Made::of).map_err(|error| with_causes(&error))
    }
}

impl Default for StatementPlan {
    fn default() -> Self {
        let rhythms = Made::all().map(|kind| (kind.id, kind.rhythm)).collect();
        StatementPlan { rhythms, is_asked_for: false }
    }
}

impl StatementPlan {
    /// The plan of the program, with other rhythms for some kinds.
    ///
    /// # Errors
    /// A sentence if a kind is not known, or would be made of shorter times than it can be about.
    pub fn new(rhythms: &BTreeMap<String, Rhythm>) -> Result<StatementPlan, String> {
        let mut plan = StatementPlan::default();
        for (id, rhythm) in rhythms {
            let kind = Made::named(id)?;
            match (kind.rhythm, rhythm) {
                (Rhythm::On(_), Rhythm::OnRequest) => plan.rhythms.insert(kind.id, *rhythm),
                (own @ Rhythm::On(_), _) if own != *rhythm => return Err(of_event(&kind)),
                (Rhythm::Every(_) | Rhythm::OnRequest, Rhythm::On(_)) => return Err(of_calendar(&kind)),
                (_, Rhythm::Every(length)) if *length < kind.shortest => return Err(too_short(&kind)),
                _ => plan.rhythms.insert(kind.id, *rhythm),
            };
        }
        Ok(plan)
    }

    /// The plan that has these kinds made of the periods of a length, and no others.
    ///
    /// # Errors
    /// A sentence if a kind is not known, or cannot be about so short a time.
    pub(crate) fn only(kinds: &[String], length: CalendarLength) -> Result<StatementPlan, String> {
        let resting = Made::all().map(|kind| (kind.id, Rhythm::OnRequest));
        let mut plan = StatementPlan { rhythms: resting.collect(), is_asked_for: true };
        for id in kinds {
            let kind = Made::named(id)?;
            if matches!(kind.rhythm, Rhythm::On(_)) {
                return Err(of_event(&kind));
            }
            if length < kind.shortest {
                return Err(too_short(&kind));
            }
            plan.rhythms.insert(kind.id, Rhythm::Every(length));
        }
        Ok(plan)
    }

    /// The kinds that are made at the end of every period of a length.
    pub(super) fn every(&self, length: CalendarLength) -> Vec<&'static StatementKind> {
        self.such(|rhythm, _| rhythm == Rhythm::Every(length))
    }

    /// The kinds that are made when something happens.
    pub(super) fn on(&self, event: Event) -> Vec<&'static StatementKind> {
        self.such(|rhythm, _| rhythm == Rhythm::On(event))
    }

    /// The kinds that are made when somebody asks for the statements of a period of a length: those of that length, and
    /// those that are made more often.
    pub(super) fn of_period(&self, length: CalendarLength) -> Vec<&'static StatementKind> {
        self.such(|rhythm, kind| is_of_period(rhythm, kind.shortest, length))
    }

    /// Whether somebody has named the kinds that are made.
    pub(super) fn is_asked_for(&self) -> bool {
        self.is_asked_for
    }

    /// The documents about several portfolios that are made at the end of every period of a length.
    pub(super) fn overviews_every(&self, length: CalendarLength) -> impl Iterator<Item = &'static OverviewKind> {
        self.overviews(move |rhythm, _| rhythm == Rhythm::Every(length))
    }

    /// The documents about several portfolios that are made when somebody asks for a period of a length.
    pub(super) fn overviews_of_period(&self, length: CalendarLength) -> impl Iterator<Item = &'static OverviewKind> {
        self.overviews(move |rhythm, kind| is_of_period(rhythm, kind.shortest, length))
    }

    fn overviews(
        &self,
        is_such: impl Fn(Rhythm, &OverviewKind) -> bool,
    ) -> impl Iterator<Item = &'static OverviewKind> {
        let rhythm = |kind: &OverviewKind| self.rhythms.get(kind.id).copied().unwrap_or(kind.rhythm);
        OVERVIEWS.iter().copied().filter(move |kind| is_such(rhythm(kind), kind))
    }

    fn such(&self, is_such: impl Fn(Rhythm, &StatementKind) -> bool) -> Vec<&'static StatementKind> {
        let rhythm = |kind: &StatementKind| self.rhythms.get(kind.id).copied().unwrap_or(kind.rhythm);
        STATEMENTS.iter().copied().filter(|kind| is_such(rhythm(kind), kind)).collect()
    }
}

/// Whether a kind of a rhythm is made when somebody asks for a period of a length.
fn is_of_period(rhythm: Rhythm, shortest: CalendarLength, length: CalendarLength) -> bool {
    match rhythm {
        Rhythm::Every(own) => own <= length && shortest <= length,
        Rhythm::On(_) | Rhythm::OnRequest => false,
    }
}

fn of_event(kind: &Made) -> String {
    format!("`{}` is made by every night for what happened, `{}`, or not at all: `on_request`", kind.id, kind.rhythm)
}

fn of_calendar(kind: &Made) -> String {
    format!("`{}` is about a time and no event; use monthly, quarterly, yearly or on_request", kind.id)
}

fn too_short(kind: &Made) -> String {
    format!("`{}` is about a {} or more; no shorter time has one", kind.id, kind.shortest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(kinds: &[&'static StatementKind]) -> Vec<&'static str> {
        kinds.iter().map(|kind| kind.id).collect()
    }

    #[test]
    fn a_house_can_have_its_own_rhythms() {
        let yearly = BTreeMap::from([("portfolio_statement".to_owned(), Rhythm::Every(CalendarLength::Year))]);
        let plan = StatementPlan::new(&yearly).expect("a plan");
        assert!(!ids(&plan.every(CalendarLength::Month)).contains(&"portfolio_statement"));
        assert!(!ids(&plan.of_period(CalendarLength::Quarter)).contains(&"portfolio_statement"));
        assert!(ids(&plan.of_period(CalendarLength::Year)).contains(&"portfolio_statement"));
        let unknown = BTreeMap::from([("portfolio_statment".to_owned(), Rhythm::OnRequest)]);
        assert!(StatementPlan::new(&unknown).expect_err("a typing error").contains("portfolio_statement"));
    }

    #[test]
    fn what_an_event_causes_is_made_for_it_or_not_at_all() {
        let with = |id: &str, rhythm| StatementPlan::new(&BTreeMap::from([(id.to_owned(), rhythm)]));
        let plan = StatementPlan::default();
        assert_eq!(ids(&plan.on(Event::Execution)), ["execution_confirmation"]);
        assert_eq!(ids(&plan.on(Event::Depreciation)), ["depreciation_notice"]);
        assert_eq!(ids(&plan.on(Event::LeveragedFall)), ["leveraged_notice"]);
        let ended = with("execution_confirmation", Rhythm::OnRequest).expect("a plan");
        assert!(ids(&ended.on(Event::Execution)).is_empty());
        for wrong in [Rhythm::Every(CalendarLength::Month), Rhythm::On(Event::Depreciation)] {
            assert!(with("execution_confirmation", wrong).expect_err("refused").contains("on_execution"));
        }
        let error = with("portfolio_statement", Rhythm::On(Event::Execution)).expect_err("refused");
        assert!(error.contains("about a time and no event"), "{error}");
        let error = StatementPlan::only(&["depreciation_notice".to_owned()], CalendarLength::Quarter);
        assert!(error.expect_err("of no period").contains("on_depreciation"));
    }

    #[test]
    fn who_names_kinds_gets_those_and_no_others() {
        let plan = StatementPlan::only(&["portfolio_statement".to_owned()], CalendarLength::Quarter).expect("a plan");
        assert_eq!(ids(&plan.of_period(CalendarLength::Quarter)), ["portfolio_statement"]);
        assert!(ids(&plan.of_period(CalendarLength::Month)).is_empty());
        assert!(StatementPlan::only(&["yearly".to_owned()], CalendarLength::Year).is_err());
    }

    #[test]
    fn reports_on_composites_are_yearly_and_can_be_asked_for() {
        let plan = StatementPlan::default();
        let names = |kinds: &mut dyn Iterator<Item = &'static OverviewKind>| {
            kinds.map(|kind| kind.id).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&mut plan.overviews_every(CalendarLength::Year)), "gips_composite_report");
        assert_eq!(names(&mut plan.overviews_every(CalendarLength::Month)), "");
        assert!(!plan.is_asked_for());
        let id = "gips_composite_report".to_owned();
        let ended = StatementPlan::new(&BTreeMap::from([(id.clone(), Rhythm::OnRequest)])).expect("a plan");
        assert_eq!(names(&mut ended.overviews_of_period(CalendarLength::Year)), "");
        let asked = StatementPlan::only(std::slice::from_ref(&id), CalendarLength::Year).expect("a plan");
        assert_eq!(names(&mut asked.overviews_of_period(CalendarLength::Year)), "gips_composite_report");
        assert!(asked.is_asked_for() && ids(&asked.of_period(CalendarLength::Year)).is_empty());
        assert!(StatementPlan::only(&[id], CalendarLength::Month).expect_err("too short").contains("year or more"));
    }

    #[test]
    fn every_kind_is_long_enough_for_its_own_rhythm() {
        for kind in Made::all() {
            assert!(!matches!(kind.rhythm, Rhythm::Every(length) if length < kind.shortest), "{}", kind.id);
        }
    }
}
