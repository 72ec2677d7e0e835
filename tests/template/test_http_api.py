from __future__ import annotations

from typing import Any

from tests.template.deployed import deployed, functions, of_type, target

CONSOLE = "ConsoleRoute"
WEBHOOK = "WebhookRoute"


def routes() -> dict[str, Any]:
    return of_type("AWS::ApiGatewayV2::Route")


def answers(route: str) -> str:
    """The function that answers a route."""
    integration = routes()[route]["Target"]["Fn::Sub"].removeprefix("integrations/${").removesuffix("}")
    return target(deployed()[integration]["Properties"]["IntegrationUri"])


def test_every_route_but_the_consoles_files_and_webhooks_passes_the_authorizer() -> None:
    assert set(routes()) == {"ApiRoute", CONSOLE, WEBHOOK}
    assert routes()[WEBHOOK]["RouteKey"].startswith("POST ")
    assert answers(WEBHOOK) == "ReceiveWebhookFunction"
    route = routes()["ApiRoute"]
    assert (route["AuthorizationType"], target(route["AuthorizerId"])) == ("JWT", "HttpApiAuthorizer")
    assert route["AuthorizationScopes"] == ["pratique/read", "pratique/operate"]
    assert answers("ApiRoute") == "ServeApiFunction"
    assert routes()[CONSOLE]["AuthorizationType"] == "NONE"
    assert answers(CONSOLE) == "ServeConsoleFunction"


def test_no_other_function_is_reached_over_http() -> None:
    events = [event for one in functions().values() for event in one.get("Events", {}).values()]
    assert not [event for event in events if event["Type"] in {"HttpApi", "Api"}]
    assert not [name for name, one in functions().items() if "FunctionUrlConfig" in one]
    allowed = {
        target(one["FunctionName"]): one["SourceArn"]["Fn::Sub"] for one in of_type("AWS::Lambda::Permission").values()
    }
    assert allowed.keys() == {"ServeApiFunction", "ServeConsoleFunction", "ReceiveWebhookFunction"}
    assert all(":${HttpApi}/" in arn for arn in allowed.values())


def test_console_reads_nothing_of_the_account() -> None:
    (policy,) = of_type("AWS::IAM::Role")["ServeConsoleRole"]["Policies"]
    actions = {action for one in policy["PolicyDocument"]["Statement"] for action in one["Action"]}
    assert actions == {"logs:CreateLogStream", "logs:PutLogEvents"}


def test_authorizer_takes_the_three_clients() -> None:
    jwt = of_type("AWS::ApiGatewayV2::Authorizer")["HttpApiAuthorizer"]["JwtConfiguration"]
    own = {target(one) for one in jwt["Audience"]["Fn::If"][1]}
    assert own == {"ReadersClient", "OperatorsClient", "ConsoleClient"}


def test_console_signs_in_with_a_code_and_no_secret() -> None:
    client = of_type("AWS::Cognito::UserPoolClient")["ConsoleClient"]
    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlows"] == ["code"]
    assert all(url["Fn::Sub"].startswith("https://${HttpApi}.") for url in client["CallbackURLs"])


def test_no_browser_of_another_origin_may_call() -> None:
    assert "CorsConfiguration" not in of_type("AWS::ApiGatewayV2::Api")["HttpApi"]


def test_requests_are_limited_and_logged_without_their_tokens() -> None:
    stage = of_type("AWS::ApiGatewayV2::Stage")["HttpApiStage"]
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert target(stage["AccessLogSettings"]["DestinationArn"]) == "HttpApiLogGroup"
    assert "authorization" not in stage["AccessLogSettings"]["Format"].lower()


def test_user_pool_lets_nobody_sign_up() -> None:
    pool = of_type("AWS::Cognito::UserPool")["UserPool"]
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert of_type("AWS::Cognito::UserPoolClient")["ReadersClient"]["AllowedOAuthScopes"] == ["pratique/read"]
