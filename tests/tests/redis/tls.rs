//! The list over TLS, with certificates made for the test.

use std::fs;

use pico_auth::RedisRevocationList;

use crate::server::{Redis, ask, is_unavailable, revoke, run};

/// A certificate of its own authority, valid for `name`.
fn certificate(folder: &std::path::Path, file: &str, name: &str) {
    let (key, cert) = (format!("{file}.key"), format!("{file}.pem"));
    let (subject, names) = (format!("/CN={file}"), format!("subjectAltName={name}"));
    let settings = format!("{file}.cnf");
    fs::write(
        folder.join(&settings),
        "[req]\ndistinguished_name = name\n[name]\n",
    )
    .unwrap();
    let options = [
        ["-newkey", "ec"],
        ["-pkeyopt", "ec_paramgen_curve:P-256"],
        ["-config", &settings],
        ["-days", "2"],
        ["-subj", &subject],
        ["-addext", &names],
        // A server's own certificate, not an authority's.
        ["-addext", "basicConstraints=critical,CA:FALSE"],
        ["-keyout", &key],
        ["-out", &cert],
    ];
    let arguments = [&["req", "-x509", "-nodes"], options.as_flattened()].concat();
    run("openssl", &arguments, folder);
}

#[tokio::test]
async fn only_a_certificate_of_the_given_authority_and_name_is_trusted() {
    let folder = std::env::temp_dir().join(format!("pico-auth-tls-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    certificate(&folder, "server", "IP:127.0.0.1");
    certificate(&folder, "other", "IP:127.0.0.1");
    let arguments = [
        "--tls-port",
        "{port}",
        "--tls-cert-file",
        "{folder}/server.pem",
        "--tls-key-file",
        "{folder}/server.key",
        "--tls-ca-cert-file",
        "{folder}/server.pem",
        "--tls-auth-clients",
        "no",
    ];
    let redis = Redis::in_folder(folder.clone(), &arguments).await;
    let builder =
        |host: &str| RedisRevocationList::builder(format!("rediss://{host}:{}", redis.port));
    let pem = |file: &str| fs::read(folder.join(file)).unwrap();

    let list = builder("127.0.0.1")
        .root_pem(pem("server.pem"))
        .build()
        .unwrap();
    revoke(&list, "gone").await;
    assert!(ask(&list, "gone").await.unwrap());
    assert!(!ask(&list, "good").await.unwrap());

    for (what, list) in [
        ("the system's authorities", builder("127.0.0.1")),
        (
            "another authority",
            builder("127.0.0.1").root_pem(pem("other.pem")),
        ),
        (
            "another name",
            builder("localhost").root_pem(pem("server.pem")),
        ),
    ] {
        let cause = is_unavailable(ask(&list.build().unwrap(), "good").await);
        assert!(cause.contains("certificate"), "{what}: {cause}");
    }
    for pem in [
        &b""[..],
        b"no certificate",
        b"-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n",
    ] {
        let error = builder("127.0.0.1").root_pem(pem).build().unwrap_err();
        assert_eq!(error.key(), "redis_root_pem");
    }
}
