//! What a caller may see.
//!
//! The proofs of this file can only be made here, after it was decided that the caller may see what they stand for, and
//! whatever reads a portfolio, a group or a document takes one as an argument: a handler that forgets to ask gets at
//! nothing. What a caller may not see is answered like what is not there.
//!
//! The house sees everything. Of a user the store decides, in the statement that reads the portfolio: a client sees
//! what the client owns and what was opened by the household, an adviser what was opened to the adviser, operations and
//! compliance see all, an admin sees none.

pub(crate) mod books;
pub(crate) mod facts;
pub(crate) mod kept_rights;
pub(crate) mod markets;
mod noted;
pub(crate) mod orders;
pub(crate) mod person_archive;
pub(crate) mod plans;
pub(crate) mod uploads;

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use schemas::identifiers::IdError;
use schemas::tables::group_members::GroupMember;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, Feature, GroupId, PortfolioId, Role, RunId, Subject, UserId};
use store::{Run, RunCursor, RunState, RunStep, SeenPortfolio, Statement};

use crate::Context;
use crate::caller::{Caller, Who};
use crate::problem::Problem;

const HELP_PORTFOLIOS: &str = "GET /portfolios lists the portfolios that there are";
const HELP_GROUPS: &str = "GET /portfolio-groups lists the households and composites that there are";
const HELP_STATEMENTS: &str = "GET /portfolios/{portfolio_id}/documents lists the documents";

/// Who acts if it is the house itself.
const HOUSE: &str = "house";
/// Runs that are looked through for the date of the last night.
const RUNS_MAX: u32 = 50;

/// The proof that the caller may see a portfolio.
pub(crate) struct VisiblePortfolio {
    seen: Arc<SeenPortfolio>,
}

/// The proof that the caller may see a portfolio, and that the caller's plan has the risk of it.
pub(crate) struct VisibleRisk {
    portfolio: VisiblePortfolio,
}

/// The proof that the caller may see a household or a composite: all portfolios that are or were in it.
pub(crate) struct VisibleGroup {
    group_id: GroupId,
    members: Vec<GroupMember>,
}

/// The proof that the caller may see what a document is about.
pub(crate) struct VisibleStatement {
    statement: Statement,
}

/// The proof that the caller looks after the house, and may see its runs and what its checks found.
pub(crate) struct Oversight(());

/// By whose right something is read.
enum Viewer<'a> {
    House,
    User(&'a UserId),
}

impl Deref for VisiblePortfolio {
    type Target = Portfolio;

    fn deref(&self) -> &Portfolio {
        &self.seen.portfolio
    }
}

impl Deref for VisibleRisk {
    type Target = VisiblePortfolio;

    fn deref(&self) -> &VisiblePortfolio {
        &self.portfolio
    }
}

impl Deref for VisibleStatement {
    type Target = Statement;

    fn deref(&self) -> &Statement {
        &self.statement
    }
}

impl VisiblePortfolio {
    pub(crate) fn id(&self) -> &PortfolioId {
        &self.seen.portfolio.portfolio_id
    }

    /// What is agreed, for the answer. It proves nothing any more.
    pub(crate) fn into_portfolio(self) -> Portfolio {
        Arc::unwrap_or_clone(self.seen).portfolio
    }

    /// Its documents, the latest period first.
    pub(crate) async fn statements(&self, context: &Context, limit: u32) -> Result<Vec<Statement>, Problem> {
        Ok(context.store.statements(&self.id().clone().into(), limit).await?)
    }
}

impl VisibleGroup {
    pub(crate) fn id(&self) -> &GroupId {
        &self.group_id
    }

    /// Its members of all times; none if it is no more.
    pub(crate) fn members(&self) -> &[GroupMember] {
        &self.members
    }

    /// Its documents, the latest period first.
    pub(crate) async fn statements(&self, context: &Context, limit: u32) -> Result<Vec<Statement>, Problem> {
        Ok(context.store.statements(&Subject::Group(self.group_id.clone()), limit).await?)
    }
}

impl VisibleStatement {
    /// Whether the document was removed after its period of retention.
    pub(crate) async fn is_removed(&self, context: &Context) -> Result<bool, Problem> {
        Ok(context.store.removal(&self.statement.id).await?.is_some())
    }
}

/// What the machine did.
impl Oversight {
    /// The runs before a place, the latest start first.
    pub(crate) async fn runs(
        &self,
        context: &Context,
        limit: u32,
        before: Option<&RunCursor>,
    ) -> Result<Vec<Run>, Problem> {
        Ok(context.store.runs(limit, before).await?)
    }

    /// A run by the id in the address.
    pub(crate) async fn run(&self, context: &Context, id: &str) -> Result<Run, Problem> {
        let unknown = || Problem::not_found("Unknown run", "there is no such run", "GET /runs lists the runs");
        let run_id: RunId = id.parse().map_err(|_| unknown())?;
        context.store.run(&run_id).await?.ok_or_else(unknown)
    }

    /// The steps of a run, in their order.
    pub(crate) async fn steps(&self, context: &Context, run: &Run) -> Result<Vec<RunStep>, Problem> {
        Ok(context.store.steps(&run.id).await?)
    }
}

/// Portfolios.
impl Caller {
    /// A portfolio that the caller may see, by the id in the address.
    ///
    /// # Errors
    /// A 404 if the caller may not, if there is none, or if none of that name can be; nobody can tell which.
    pub(crate) async fn portfolio(&self, context: &Context, id: &str) -> Result<VisiblePortfolio, Problem> {
        let unknown = |detail: String| Problem::not_found("Unknown portfolio", detail, HELP_PORTFOLIOS);
        let portfolio_id: PortfolioId = id.parse().map_err(|error: IdError| unknown(error.to_string()))?;
        let found = match self.viewer() {
            Viewer::House => context.store.portfolio(&portfolio_id).await?.map(of_others).map(Arc::new),
            Viewer::User(user) => {
                let wanted = (user, &portfolio_id);
                context.rights.portfolio(&context.store, wanted, context.clock.now()).await?
            }
        };
        let Some(seen) = found else {
            self.note_refusal("portfolio", portfolio_id.as_str());
            return Err(unknown(format!("there is no portfolio `{portfolio_id}`")));
        };
        self.note_portfolios(context, std::slice::from_ref(&*seen)).await?;
        Ok(VisiblePortfolio { seen })
    }

    /// The portfolios that the caller may see after an id, in the order of their ids.
    pub(crate) async fn portfolios(
        &self,
        context: &Context,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<VisiblePortfolio>, Problem> {
        let after = after.unwrap_or_default();
        let found = match self.viewer() {
            Viewer::House => context.store.portfolio_page(after, limit).await?.into_iter().map(of_others).collect(),
            Viewer::User(user) => context.store.visible_portfolios(user, context.clock.now(), after, limit).await?,
        };
        self.note_portfolios(context, &found).await?;
        Ok(found.into_iter().map(|seen| VisiblePortfolio { seen: Arc::new(seen) }).collect())
    }

    /// As [`Caller::portfolio`], for its risk.
    ///
    /// # Errors
    /// A 403 if the caller's plan has no risk, whatever the portfolio; a 404 as there.
    pub(crate) async fn risk(&self, context: &Context, id: &str) -> Result<VisibleRisk, Problem> {
        self.in_plan(context, Feature::RiskAnalysis).await?;
        Ok(VisibleRisk { portfolio: self.portfolio(context, id).await? })
    }

    /// As [`Caller::portfolios`], for their risk.
    ///
    /// # Errors
    /// A 403 if the caller's plan has no risk.
    pub(crate) async fn risks(
        &self,
        context: &Context,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<VisibleRisk>, Problem> {
        self.in_plan(context, Feature::RiskAnalysis).await?;
        let found = self.portfolios(context, after, limit).await?;
        Ok(found.into_iter().map(|portfolio| VisibleRisk { portfolio }).collect())
    }
}

/// What is about several portfolios.
impl Caller {
    /// A household or a composite that the caller may see, by the id in the address. One without members may have been:
    /// whoever sees everything sees what was published about it.
    ///
    /// # Errors
    /// A 404 if the caller may not, or if none of that name can be.
    pub(crate) async fn group(&self, context: &Context, id: &str) -> Result<VisibleGroup, Problem> {
        let unknown = |detail: String| Problem::not_found("Unknown group", detail, HELP_GROUPS);
        let group_id: GroupId = id.parse().map_err(|error: IdError| unknown(error.to_string()))?;
        let mut members = context.facts.group_members().await?;
        members.retain(|member| member.group_id == group_id);
        let ids: BTreeSet<PortfolioId> = members.iter().map(|member| member.portfolio_id.clone()).collect();
        let is_visible = match self.viewer() {
            _ if self.sees_all() => true,
            Viewer::House => true,
            Viewer::User(user) => context.store.visible_group(user, &ids, context.clock.now()).await?,
        };
        if is_visible {
            self.note_group(context, &group_id).await?;
            Ok(VisibleGroup { group_id, members })
        } else {
            self.note_refusal("group", group_id.as_str());
            Err(unknown(format!("there is no group `{group_id}`")))
        }
    }

    /// The households and composites that the caller may see, in the order of their ids.
    pub(crate) async fn groups(&self, context: &Context) -> Result<Vec<VisibleGroup>, Problem> {
        let members = context.facts.group_members().await?;
        let seen = match self.viewer() {
            _ if self.sees_all() => None,
            Viewer::House => None,
            Viewer::User(user) => Some(context.store.visible_portfolio_ids(user, context.clock.now()).await?),
        };
        let mut groups = Vec::new();
        for rows in members.chunk_by(|left, right| left.group_id == right.group_id) {
            let is_visible = seen.as_ref().is_none_or(|seen| rows.iter().all(|row| seen.contains(&row.portfolio_id)));
            if let Some(first) = rows.first().filter(|_| is_visible) {
                groups.push(VisibleGroup { group_id: first.group_id.clone(), members: rows.to_vec() });
            }
        }
        Ok(groups)
    }

    /// A document about what the caller may see, by the id in the address. Those about the firm are for those who see
    /// everything.
    ///
    /// # Errors
    /// A 404 if the caller may not, or if there is none.
    pub(crate) async fn statement(&self, context: &Context, id: &str) -> Result<VisibleStatement, Problem> {
        let unknown = || Problem::not_found("Unknown document", "there is no such statement", HELP_STATEMENTS);
        let statement = context.store.statement(id).await?.ok_or_else(unknown)?;
        match &statement.subject {
            Subject::Portfolio(portfolio) => {
                self.portfolio(context, portfolio.as_str()).await.map_err(|problem| problem.hidden_as(unknown()))?;
            }
            Subject::Group(group) => {
                self.group(context, group.as_str()).await.map_err(|problem| problem.hidden_as(unknown()))?;
            }
            Subject::Firm if self.sees_all() => {}
            Subject::Firm => return Err(unknown()),
        }
        Ok(VisibleStatement { statement })
    }
}

impl Caller {
    /// The proof that the caller looks after the house.
    ///
    /// # Errors
    /// A 403 for everybody but the house, operations and compliance.
    pub(crate) fn oversight(&self) -> Result<Oversight, Problem> {
        if self.sees_all() {
            return Ok(Oversight(()));
        }
        self.note_refusal("house", "runs and findings");
        let detail = "runs, and what the checks found, are shown to operations and compliance";
        Err(Problem::forbidden(detail, "ask somebody of operations"))
    }

    /// Who acts, as it is written down: the id of the user, or the house.
    pub(crate) fn name(&self) -> &str {
        match &self.who {
            Who::House => HOUSE,
            Who::User(user) => user.user_id.as_str(),
        }
    }

    /// Whether the caller may see every portfolio, and what is about the house itself.
    fn sees_all(&self) -> bool {
        match &self.who {
            Who::House => true,
            Who::User(user) => matches!(user.role, Role::Operations | Role::Compliance),
        }
    }

    /// Logs that somebody asked for what is not there for the caller.
    fn note_refusal(&self, kind: &str, asked: &str) {
        tracing::info!(caller.name = self.name(), asked.kind = kind, asked.id = asked, "nothing there for this caller");
    }

    fn viewer(&self) -> Viewer<'_> {
        match &self.who {
            Who::House => Viewer::House,
            Who::User(user) => Viewer::User(&user.user_id),
        }
    }
}

/// A portfolio as the house sees it.
fn of_others(portfolio: Portfolio) -> SeenPortfolio {
    SeenPortfolio { portfolio, is_own: false }
}

/// The last business date of the latest nights that finished; none if none did. It is no secret.
pub(crate) async fn last_night(context: &Context) -> Result<Option<BusinessDate>, Problem> {
    let runs = context.store.runs(RUNS_MAX, None).await?;
    Ok(runs.iter().filter(|run| run.state == RunState::Finished).map(|run| run.to_date).max())
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    /// Reads and writes of the store that need a proof, which only this file and those below may call.
    const GUARDED: &[&str] = &[
        ".portfolio(&",
        ".portfolios()",
        ".portfolio_page(",
        ".visible_",
        ".statements(&",
        ".statement(&",
        ".find_statements(",
        ".removal(",
        ".runs(",
        ".run(&",
        ".steps(",
        ".transactions_",
        ".transaction_with_reversal(",
        ".corrections_of(",
        ".open_portfolio(",
        ".change_portfolio(",
        ".save_portfolio(",
        ".import_",
        ".book(",
        ".upload(",
        ".queue_upload(",
        ".deliveries(",
        ".inbox(",
        ".work_order",
        ".give_order(",
    ];

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                found.extend(sources(&path));
            } else {
                found.push(path);
            }
        }
        found
    }

    /// The lake cannot be reached past the proofs, for nobody else is given it; the store is also that of users, so its
    /// reads are looked for by name.
    #[test]
    fn nobody_reads_the_store_past_the_proofs() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for path in sources(&root) {
            let name = path.strip_prefix(&root).expect("below").to_string_lossy().into_owned();
            if name.starts_with("entitled") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("readable");
            // Types of the reads are named elsewhere, too; functions begin with a small letter.
            let mut named = text.split("lake::read::").skip(1);
            assert!(!named.any(|rest| rest.starts_with(char::is_lowercase)), "{name} reads the lake");
            for guarded in GUARDED {
                let call = format!("store{guarded}");
                let is_health = name == "routes/health.rs" && *guarded == ".runs(";
                assert!(is_health || !text.contains(&call), "{name} calls `{call}` without a proof");
            }
        }
    }
}
