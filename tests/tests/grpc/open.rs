//! Services that are opened by name, and what tries to look like one.

use super::support::{ISSUER, ORDERS, bearer, call, layer};

const HEALTH: &str = "/grpc.health.v1.Health/Check";

#[tokio::test]
async fn an_opened_service_never_looks_at_the_token() {
    let layer = layer()
        .allow_anonymous_service("grpc.health.v1.Health")
        .unwrap()
        .allow_anonymous_service("grpc.reflection.v1.ServerReflection")
        .unwrap();
    let expired = ISSUER.token("u1").expired().sign();
    for path in [
        HEALTH,
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    ] {
        for metadata in [vec![], vec![bearer("garbage")], vec![bearer(&expired)]] {
            call(&layer, path, &metadata).await.is_from("nobody");
        }
        let good = [bearer(&ISSUER.token("u1").sign())];
        call(&layer, path, &good).await.is_from("nobody");
    }
    call(&layer, ORDERS, &[]).await.is_missing();
}

#[tokio::test]
async fn nothing_is_open_that_was_not_opened() {
    call(&layer(), HEALTH, &[]).await.is_missing();
}

#[tokio::test]
async fn a_path_that_looks_like_that_of_an_opened_service_is_refused() {
    let layer = layer()
        .allow_anonymous_service("grpc.health.v1.Health")
        .unwrap();
    for path in [
        "/grpc.health.v1.HealthEvil/Check",
        "/grpc.health.v1.HealthEvil/..",
        "//grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health//Check",
        "/grpc.health.v1.Health/",
        "/grpc.health.v1.Health",
        "/grpc.health.v1.Health/../shop.v1.Orders/List",
        "/grpc.health.v1.Health/..%2fshop.v1.Orders/List",
        "/grpc%2Ehealth.v1.Health/Check",
        "/grpc.health.v1.Health%2FCheck",
        "/grpc.health.v1.health/Check",
        "/GRPC.health.v1.Health/Check",
        "/shop.v1.Orders/List?/grpc.health.v1.Health/Check",
        "/shop.v1.Orders/grpc.health.v1.Health/Check",
        "http://grpc.health.v1.Health/shop.v1.Orders/List",
    ] {
        call(&layer, path, &[]).await.is_missing();
    }
    let with_query = format!("{HEALTH}?x=/");
    call(&layer, &with_query, &[]).await.is_from("nobody");
}

#[test]
fn a_name_that_could_open_nothing_or_too_much_is_a_configuration_error() {
    for name in ["", "*", "grpc.health.v1.*", "/grpc.health.v1.Health/"] {
        let error = layer().allow_anonymous_service(name).unwrap_err();
        assert_eq!(error.key(), "anonymous_service");
        assert!(error.problem().contains("full name"), "{error}");
    }
}
