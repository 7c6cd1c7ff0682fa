"""What frames an explanation of `explain`, in Korean."""

TEXTS = {
    # rules
    "errors of reading, always reported": "읽기 오류, 항상 알립니다",
    "errors of shape": "모양 오류",
    "design: what works out, and is likely not meant": "설계: 계산은 되지만 뜻한 것이 아닐 수 있습니다",
    "comments that silence findings": "찾은 것을 무시하는 주석",
    "`cnn-shapes explain RULE` says why, with a bad and a good spec": (
        "`cnn-shapes explain RULE`이 이유와 나쁜 예, 좋은 예를 보여 줍니다"
    ),
    "bad": "나쁜 예",
    "good": "좋은 예",
    "source": "출처",
}
