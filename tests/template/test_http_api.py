from __future__ import annotations

from tests.template.deployed import functions, of_type, target


def test_every_route_passes_the_authorizer() -> None:
    api = of_type("AWS::Serverless::HttpApi")["HttpApi"]
    auth = api["Auth"]
    assert auth["DefaultAuthorizer"] in auth["Authorizers"]
    assert auth["Authorizers"]["Jwt"]["AuthorizationScopes"] == ["pratique/read", "pratique/operate"]
    routes = [
        event["Properties"]
        for properties in functions().values()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]
    assert routes
    for route in routes:
        assert target(route["ApiId"]) == "HttpApi"
        assert "Auth" not in route


def test_no_browser_of_another_origin_may_call() -> None:
    assert "CorsConfiguration" not in of_type("AWS::Serverless::HttpApi")["HttpApi"]


def test_requests_are_limited_and_logged_without_their_tokens() -> None:
    api = of_type("AWS::Serverless::HttpApi")["HttpApi"]
    assert api["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert target(api["AccessLogSettings"]["DestinationArn"]) == "HttpApiLogGroup"
    assert "authorization" not in api["AccessLogSettings"]["Format"].lower()


def test_user_pool_lets_nobody_sign_up() -> None:
    pool = of_type("AWS::Cognito::UserPool")["UserPool"]
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert of_type("AWS::Cognito::UserPoolClient")["ReadersClient"]["AllowedOAuthScopes"] == ["pratique/read"]
