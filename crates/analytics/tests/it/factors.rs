//! Factor regressions of real months, where the data lies beside the project. Without it nothing is tested here: the
//! unit tests of the regression carry their own numbers.

use std::path::Path;

use analytics::factor_regression::{Factor, Lags, factor_regression};

use crate::samples::assert_within;

/// The columns of these names; none without the data.
fn columns(names: &[&str]) -> Option<Vec<Vec<f64>>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/factors"));
    let file = folder.join("french_monthly_factors_industries_1949_2017.csv");
    let table = folder.is_dir().then(|| std::fs::read_to_string(file).expect("a file of the data"))?;
    let header: Vec<&str> = table.lines().next().expect("a header").split(',').collect();
    let places = names.iter().map(|name| header.iter().position(|known| known == name).expect("a column"));
    let read = |place: usize| -> Vec<f64> {
        let cells = table.lines().skip(1).map(|line| line.split(',').nth(place).expect("a cell"));
        cells.map(|cell| cell.parse().expect("a number")).collect()
    };
    Some(places.map(read).collect())
}

#[test]
fn non_durables_as_statsmodels_has_them() {
    let Some(data) = columns(&["NoDur", "RF", "MktRF", "SMB", "HML", "Mom"]) else { return };
    let [industry, risk_free, factors @ ..] = data.as_slice() else { panic!("six columns") };
    let above: Vec<f64> = industry.iter().zip(risk_free).map(|(number, rate)| number - rate).collect();
    let factors = factors.iter().zip(["MktRF", "SMB", "HML", "Mom"]);
    let factors: Vec<Factor<'_>> = factors.map(|(returns, id)| Factor { id, returns }).collect();
    let found = factor_regression(&above, &factors, Lags::Automatic).expect("a regression");
    // statsmodels 0.15, OLS with cov_type HAC, maxlags 6, use_correction and use_t, of the same file.
    assert_eq!((found.observations, found.lags), (819, 6));
    let expected = [
        (0.001_969_487_185_578_507, 0.000_918_956_923_222_099_6),
        (0.802_973_247_741_406_2, 0.032_192_568_875_341_47),
        (-0.029_460_946_311_383_95, 0.058_414_982_444_611_35),
        (0.079_759_308_608_097, 0.070_079_409_355_234_78),
        (-0.002_524_258_805_536_883_4, 0.048_404_047_768_110_91),
    ];
    let coefficients = found.loadings.iter().map(|loading| loading.coefficient);
    for (coefficient, (value, error)) in std::iter::once(found.alpha).chain(coefficients).zip(expected) {
        assert_within("a loading", coefficient.value, value, 1e-10);
        assert_within("an error", coefficient.standard_error, error, 1e-10);
    }
    assert_within("R squared", found.r_squared, 0.691_904_636_830_428_2, 1e-10);
    assert_within("the specific variance", found.specific_variance, 0.000_499_417_474_905_744_4, 1e-13);
}
