"""WeCom's rules for members, from the wire's view."""

from tests.simulation.wecom import Furnish


def test_a_fresh_member_is_not_activated_and_shows_nothing_private(wecom: Furnish) -> None:
    room = wecom()
    office = room.api.department("办公室")
    body = {"userid": "E-1", "name": "王一", "alias": "小王", "department": [1, office], "main_department": office}
    body |= {"order": [5, 7], "is_leader_in_dept": [0, 1], "position": "主任", "telephone": "020-1234"}
    body |= {"mobile": "13800000001", "email": "wang@example.org", "biz_mail": "wang@example.gov.cn", "gender": "1"}
    body |= {"address": "某路一号", "to_invite": False, "enable": 1}
    assert room.api.post("user/create", **body) == {"errcode": 0, "errmsg": "created"}
    assert room.api.get("user/get", userid="e-1") == {
        "errcode": 0,
        "errmsg": "ok",
        "userid": "E-1",
        "name": "王一",
        "alias": "小王",
        "department": [1, office],
        "main_department": office,
        "order": [5, 7],
        "is_leader_in_dept": [0, 1],
        "position": "主任",
        "telephone": "020-1234",
        "external_position": "",
        "direct_leader": [],
        "extattr": {"attrs": []},
        "status": 4,
    }
    kept = room.vendor.member("E-1")
    assert kept.fields["mobile"] == "13800000001"
    assert kept.fields["email"] == "wang@example.org"


def test_private_fields_are_shown_where_the_corp_lets_them(wecom: Furnish) -> None:
    room = wecom(readable=True)
    room.api.create("E1", mobile="13800000001", email="wang@example.org")
    seen = room.api.get("user/get", userid="E1")
    assert (seen["mobile"], seen["email"], seen["biz_mail"]) == ("13800000001", "wang@example.org", "")
    assert seen["gender"] == "0"


def test_a_userid_is_unique_ignoring_case_and_kept_as_written(wecom: Furnish) -> None:
    room = wecom()
    assert room.api.create("Wang.E1") == 0
    assert room.api.create("wang.e1") == 60102
    assert room.api.update("WANG.e1", name="王二") == 0
    seen = room.api.get("user/get", userid="wAng.e1")
    assert (seen["userid"], seen["name"]) == ("Wang.E1", "王二")


def test_what_is_left_out_of_an_update_keeps_its_value(wecom: Furnish) -> None:
    room = wecom()
    room.api.create("E1", position="主任", telephone="1234")
    assert room.api.update("E1", position="") == 0
    seen = room.api.get("user/get", userid="E1")
    assert (seen["name"], seen["position"], seen["telephone"]) == ("王一", "", "1234")


def test_lock_and_unlock(wecom: Furnish) -> None:
    room = wecom()
    room.api.create("E1")
    assert [room.api.update("E1", enable=0), room.vendor.member("E1").status] == [0, 2]
    assert [room.api.update("E1", enable=1), room.vendor.member("E1").status] == [0, 4]
    room.vendor.activate("E1")
    assert room.vendor.member("E1").status == 1
    assert [room.api.update("E1", enable=0), room.vendor.member("E1").status] == [0, 2]
    assert [room.api.update("E1", enable=1), room.vendor.member("E1").status] == [0, 1]
    assert "enable" not in room.api.get("user/get", userid="E1")


def test_a_member_can_be_locked_from_the_first_moment(wecom: Furnish) -> None:
    room = wecom()
    assert room.api.create("E1", enable=0) == 0
    assert room.api.get("user/get", userid="E1")["status"] == 2


def test_who_left_by_himself_still_stands_in_the_way(wecom: Furnish) -> None:
    room = wecom()
    room.api.create("E1")
    room.vendor.activate("E1")
    room.vendor.leave("E1")
    assert room.api.get("user/get", userid="E1")["status"] == 5
    assert room.api.create("E1") == 60102
    assert room.api.post("batch/invite", user=["E1"])["errcode"] == 0
    assert room.vendor.member("E1").status == 1


def test_a_deleted_member_is_gone_and_comes_again_as_a_new_one(wecom: Furnish) -> None:
    room = wecom()
    room.api.create("E1", position="主任")
    room.vendor.activate("E1")
    assert room.api.get("user/delete", userid="e1") == {"errcode": 0, "errmsg": "deleted"}
    assert room.api.get("user/delete", userid="E1")["errcode"] == 60111
    assert room.api.get("user/get", userid="E1")["errcode"] == 60111
    assert room.api.get("user/get")["errcode"] == 41009
    assert room.api.create("E1") == 0
    seen = room.api.get("user/get", userid="E1")
    assert (seen["status"], seen["position"]) == (4, "")


def test_batchdelete_deletes_all_or_nobody(wecom: Furnish) -> None:
    room = wecom(creator="boss")
    for userid in ("E1", "E2", "boss"):
        room.vendor.put_member(userid, userid)
    assert room.api.post("user/batchdelete", useridlist=["E1", "E3"])["errcode"] == 40031
    assert room.api.post("user/batchdelete", useridlist=["E1", "Boss"])["errcode"] == 301005
    assert room.api.post("user/batchdelete", useridlist=[])["errcode"] == 40031
    assert room.api.post("user/batchdelete", useridlist="E1")["errcode"] == 40031
    assert room.api.post("user/batchdelete", useridlist=["E1"] * 201)["errcode"] == 40032
    assert [member.userid for member in room.vendor.members()] == ["E1", "E2", "boss"]
    assert room.api.post("user/batchdelete", useridlist=["E1", "e2"]) == {"errcode": 0, "errmsg": "deleted"}
    assert [member.userid for member in room.vendor.members()] == ["boss"]


def test_the_creator_cannot_be_deleted(wecom: Furnish) -> None:
    room = wecom(creator="boss")
    room.vendor.put_member("Boss", "创建者")
    assert room.api.get("user/delete", userid="boss")["errcode"] == 301005
    assert room.api.update("boss", mobile="13800000001", enable=0) == 0


def test_a_move_replaces_the_departments_and_starts_places_anew(wecom: Furnish) -> None:
    room = wecom()
    first, second = room.api.department("一"), room.api.department("二")
    room.api.create("E1", department=[first], order=[9], is_leader_in_dept=[1])
    assert room.api.update("E1", department=[first, second], main_department=second) == 0
    seen = room.api.get("user/get", userid="E1")
    assert (seen["department"], seen["main_department"]) == ([first, second], second)
    assert (seen["order"], seen["is_leader_in_dept"]) == ([0, 0], [0, 0])
    assert room.api.update("E1", department=[first]) == 0
    assert room.api.get("user/get", userid="E1")["main_department"] == first
    assert room.api.get("user/simplelist", department_id=second)["userlist"] == []


def test_an_invitation_is_sent_unless_told_not_to(wecom: Furnish) -> None:
    room = wecom()
    room.api.create("E1")
    assert room.vendor.invited() == []
    room.api.post("user/create", userid="E2", name="王二", department=[1], mobile="13800000002")
    room.api.create("E3", to_invite=True)
    assert room.vendor.invited() == ["E2", "E3"]


def test_full_seats_are_45024_and_a_locked_member_keeps_his(wecom: Furnish) -> None:
    room = wecom(seats=2)
    assert [room.api.create(f"E{n}") for n in (1, 2, 3)] == [0, 0, 45024]
    room.api.update("E1", enable=0)
    assert room.api.create("E3") == 45024
    room.api.get("user/delete", userid="E1")
    assert room.api.create("E3") == 0


def test_creations_of_a_month_are_three_times_the_seats(wecom: Furnish) -> None:
    """Creating and deleting in turn burns it: 45009 until the month is over."""
    room = wecom(seats=1, token_lifetime=40 * 86_400)
    for _ in range(3):
        assert room.api.create("E1") == 0
        room.api.get("user/delete", userid="E1")
    assert room.api.create("E1") == 45009
    room.clock.move(30 * 86_400)
    assert room.api.create("E1") == 0


def test_a_new_department_may_not_take_members_at_once(wecom: Furnish) -> None:
    room = wecom(settling=2.0)
    office = room.api.department("办公室")
    assert room.api.create("E1", department=[office]) == 60123
    room.clock.move(2)
    assert room.api.create("E1", department=[office]) == 0


def test_userid_of_a_mobile_and_of_a_mail(wecom: Furnish) -> None:
    room = wecom()
    room.api.create("E1", mobile="+86 13800000001", email="wang@example.org", biz_mail="w.ang@example.gov.cn")
    assert room.api.post("user/getuserid", mobile="13800000001")["userid"] == "E1"
    assert room.api.post("user/getuserid", mobile="13800000002")["errcode"] == 46004
    assert room.api.post("user/getuserid")["errcode"] == 40058
    mail = room.api.post("user/get_userid_by_email", email="wang@example.org", email_type=2)
    assert mail["userid"] == "E1"
    assert room.api.post("user/get_userid_by_email", email="wang@example.org")["errcode"] == 46004
    assert room.api.post("user/get_userid_by_email", email="w.ang@example.gov.cn")["userid"] == "E1"
    assert room.api.post("user/get_userid_by_email", email="x@example.org", email_type=3)["errcode"] == 40058


def test_guessing_mobiles_is_blocked_for_a_day(wecom: Furnish) -> None:
    room = wecom(seats=100, token_lifetime=10 * 86_400)
    room.api.create("E1", mobile="13800000001")
    for _ in range(21):
        assert room.api.post("user/getuserid", mobile="13900000000")["errcode"] == 46004
    assert room.api.post("user/getuserid", mobile="13800000001")["errcode"] == 45009
    room.clock.move(86_400)
    assert room.api.post("user/getuserid", mobile="13800000001")["userid"] == "E1"


def test_an_openid_is_had_by_who_has_activated(wecom: Furnish) -> None:
    room = wecom()
    room.api.create("E1")
    assert room.app.post("user/convert_to_openid", userid="E1")["errcode"] == 43004
    room.vendor.activate("E1")
    openid = room.app.post("user/convert_to_openid", userid="E1")["openid"]
    assert room.app.post("user/convert_to_userid", openid=openid)["userid"] == "E1"
    assert room.app.post("user/convert_to_userid", openid="o")["errcode"] == 40073
