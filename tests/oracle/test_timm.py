"""A tenth of timm's CNNs, recorded: parameters, MACs and the shape of every layer are those of PyTorch.

`tools/trace_timm.py` compares all of them.
"""

import pytest

from tests.tools.trace_timm import compare

pytestmark = pytest.mark.oracle
# some of each file of timm's models, the more the more there are in it
EQUAL = [
    "gernet_s",
    "resnext26ts",
    "resnet50_mlp",
    "resnet51q",
    "gcresnet33ts",
    "repvgg_b0",
    "regnetz_b16",
    "convmixer_1024_20_ks9_p14",
    "convnext_zepto_rms_ols",
    "convnextv2_femto",
    "test_convnext2",
    "sedarknet21",
    "cs3darknet_focus_m",
    "cspresnext50",
    "densenetblur121d",
    "dla60_res2net",
    "dpn68b",
    "tinynet_d",
    "mnasnet_050",
    "mobilenet_edgetpu_v2_m",
    "efficientnet_b0",
    "mixnet_s",
    "spnasnet_100",
    "test_efficientnet_gn",
    "test_efficientnet_evos",
    "tf_efficientnetv2_b0",
    "efficientnet_lite0",
    "mobilenetv1_100",
    "fasternet_t0",
    "ghostnet_100",
    "ghostnetv2_100",
    "hardcorenas_a",
    "hgnetv2_b0",
    "hrnet_w18_small",
    "inception_next_atto",
    "inception_v3",
    "lcnetv2_small",
    "mambaout_femto",
    "tf_mobilenetv3_small_minimal_100",
    "mobilenetv3_large_100",
    "lcnet_075",
    "mobilenetv4_hybrid_medium",
    "nf_seresnet26",
    "eca_nfnet_l0",
    "test_nfnet",
    "pnasnet5large",
    "rdnet_tiny",
    "regnetx_002",
    "regnety_008",
    "regnetz_005",
    "repghostnet_050",
    "repvit_m0_9",
    "res2net50d",
    "resnest26d",
    "resnet10t",
    "seresnet18",
    "resnetblur18",
    "ecaresnet26t",
    "resnetv2_18d",
    "resnetv2_50d_frn",
    "rexnet_100",
    "selecsls42b",
    "legacy_seresnet18",
    "skresnet18",
    "starnet_s1",
    "tresnet_m",
    "vgg11_bn",
    "ese_vovnet19b_dw",
    "xception41p",
]
# each stands for those of its family
UNSUPPORTED = {
    "bat_resnext26ts": "mul: a tensor that is stretched to the shape of a constant",
    "csatv2": "linear: a linear layer whose weights are not learned",  # a fixed cosine transform
    "efficientnet_cc_b0_4e": "conv2d: weights that are computed from the input",
}


@pytest.mark.parametrize("name", EQUAL)
def test_a_model_is_equal(name: str) -> None:
    row = compare(name)
    assert row["equal"], row


@pytest.mark.parametrize(("name", "reason"), UNSUPPORTED.items())
def test_a_model_that_the_language_cannot_say(name: str, reason: str) -> None:
    row = compare(name)
    assert not row["equal"]
    assert list(row["unsupported"]) == [reason]
