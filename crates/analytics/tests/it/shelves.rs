//! Every list of a shelf names the files of its folder, each once.

use std::collections::BTreeSet;

use analytics::attribution::ATTRIBUTION_MODELS;
use analytics::backtests::{BACKTESTS, FORECAST_SCORES};
use analytics::covariance::COVARIANCE_ESTIMATORS;
use analytics::linking::LINKING_METHODS;
use analytics::measures::every_measure;
use analytics::optimization::OPTIMIZERS;
use analytics::risk::RISK_METHODS;
use analytics::risk_classes::RISK_SCALES;

#[test]
fn names_are_unique_and_every_file_is_in_the_list() {
    let backtests = BACKTESTS.iter().map(|test| test.id).chain(FORECAST_SCORES.iter().map(|score| score.id));
    let shelves: [(&str, Vec<&str>); 8] = [
        ("attribution", ATTRIBUTION_MODELS.iter().map(|model| model.id).collect()),
        ("backtests", backtests.collect()),
        ("covariance", COVARIANCE_ESTIMATORS.iter().map(|estimator| estimator.id).collect()),
        ("linking", LINKING_METHODS.iter().map(|method| method.id).collect()),
        ("measures", every_measure().map(|measure| measure.id).collect()),
        ("optimization", OPTIMIZERS.iter().map(|method| method.id).collect()),
        ("risk", RISK_METHODS.iter().map(|method| method.id).collect()),
        ("risk_classes", RISK_SCALES.iter().map(|scale| scale.id).collect()),
    ];
    for (shelf, ids) in shelves {
        let listed: BTreeSet<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(listed.len(), ids.len(), "{shelf}: an id is listed twice");
        let folder = format!("{}/src/{shelf}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let names = files.map(|file| file.expect("readable").file_name().to_string_lossy().replace(".rs", ""));
        assert_eq!(names.collect::<BTreeSet<String>>(), listed, "{shelf}");
    }
}
