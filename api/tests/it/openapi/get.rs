//! The description of the API, and its copy in the repository.

use std::path::Path;

use crate::house::House;

#[tokio::test]
async fn the_copy_in_schemas_is_the_description() {
    let answer = House::empty().await.get("/openapi.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    let text = format!("{}\n", String::from_utf8(answer.body.to_vec()).expect("text"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &text).expect("the copy is written");
    }
    let copy = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        copy == text,
        "schemas/openapi.json is not what the API says; write it anew and read the difference: \
         UPDATE_OPENAPI=1 cargo test -p api --test it openapi"
    );
}

#[tokio::test]
async fn every_address_is_described() {
    let description = House::empty().await.get("/openapi.json").await.json();
    let paths = description["paths"].as_object().expect("paths");
    for (path, item) in paths {
        let operations = item.as_object().expect("operations");
        assert!(
            operations.keys().all(|method| ["get", "post", "put", "patch", "delete"].contains(&method.as_str())),
            "{path}"
        );
        for operation in operations.values() {
            assert!(operation["summary"].is_string(), "{path}");
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{path}");
        }
    }
    assert_eq!(paths.len(), 85);
    assert!(description["components"]["schemas"]["Problem"].is_object());
    assert!(description["components"]["schemas"]["PortfolioValuation"].is_object());
}
