using System.Text.Json;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Goldens;

/// <summary>Compares outputs and gradients of layers and architectures with PyTorch.</summary>
[TestClass]
public sealed class NetworkGoldenTests
{
    [TestMethod]
    public void Two_layers_of_Lstm_are_PyTorchs() =>
        AssertEqual("lstm", new Lstm { HiddenSize = 5, Layers = 2 }.Build(9));

    [TestMethod]
    public void Two_layers_of_Rnn_are_PyTorchs() => AssertEqual("rnn", new Rnn { HiddenSize = 5, Layers = 2 }.Build(9));

    [TestMethod]
    public void A_rectified_Rnn_is_PyTorchs() =>
        AssertEqual("rnn_relu", new Rnn { HiddenSize = 5, Layers = 2, Activation = ActivationKind.Relu }.Build(9));

    [TestMethod]
    public void Two_layers_of_Gru_are_PyTorchs() => AssertEqual("gru", new Gru { HiddenSize = 5, Layers = 2 }.Build(9));

    [TestMethod]
    public void A_dense_layer_is_PyTorchs() => AssertEqual("dense", new Dense(3));

    [TestMethod]
    public void A_causal_convolution_is_PyTorchs_with_zeros_before() => AssertEqual("causal_conv", new CausalConv(4, 3, 2));

    [TestMethod]
    public void Weight_normalisation_is_PyTorchs() =>
        AssertEqual("causal_conv_weight_normalized", new CausalConv(4, 2, 3) { WeightNormalized = true });

    [TestMethod]
    public void A_Tcn_is_the_papers() => AssertEqual("tcn", new Tcn { Channels = 4, Levels = 2, KernelSize = 3 }.Build(16));

    [TestMethod]
    public void Reversible_instance_normalisation_is_the_papers() =>
        AssertEqual("window_normalized", inputs => new NetworkPlan(
            [new NetworkInput(NetworkInput.Past, inputs, StepCoverage.Past)],
            [new NetworkNode("network", new Sequential(new LastStep(), new Dense(8)), [NetworkInput.Past]) { Path = "inner" }])
        {
            Normalization = new WindowNormalized(WindowNormalization.MeanAndDeviation, 2),
        });

    [TestMethod]
    public void A_GatedConv_is_the_papers() =>
        AssertEqual("gated_conv", new GatedConv { Channels = 4, Blocks = 2, KernelSize = 3, Bottleneck = 2 }.Build(12));

    [TestMethod]
    public void A_WaveNet_is_the_papers() =>
        AssertEqual("wave_net", new WaveNet { Channels = 4, SkipChannels = 5, Cycles = 2, Levels = 2 }.Build(12));

    [TestMethod]
    public void A_WindowMlp_is_a_perceptron_on_each_steps_window() =>
        AssertEqual("window_mlp", new WindowMlp { HiddenSize = 5, Window = 4 }.Build(9));

    [TestMethod]
    public void Layer_normalisation_is_PyTorchs() => AssertEqual("layer_norm", new LayerNorm());

    [TestMethod]
    public void A_Transformer_is_the_papers() =>
        AssertEqual("transformer", new Transformer { Channels = 8, Layers = 2, Heads = 2, FeedForward = 6, Window = 5 }.Build(9));

    [TestMethod]
    public void An_LstmNgram_is_PyTorchs_Lstm_on_each_steps_window() =>
        AssertEqual("lstm_ngram", new LstmNgram { HiddenSize = 4, Window = 5 }.Build(9));

    [TestMethod]
    public void A_Bidirectional_Lstm_is_PyTorchs() =>
        AssertEqual("bidirectional_lstm", new Bidirectional(new Lstm { HiddenSize = 5 }).Build(9));

    [TestMethod]
    public void A_Bidirectional_Gru_is_PyTorchs() =>
        AssertEqual("bidirectional_gru", new Bidirectional(new Gru { HiddenSize = 5 }).Build(9));

    [TestMethod]
    public void Patched_is_a_run_over_each_steps_patches() =>
        AssertEqual("patched", new Patched(new Gru { HiddenSize = 4 }, length: 4, stride: 3).Build(11));

    [TestMethod]
    public void Attention_without_positions_is_PyTorchs() =>
        AssertEqual("attention", new CausalAttention(Heads: 3, Window: 7) { Rotary = false });

    [TestMethod]
    public void A_Transformer_with_sinusoidal_positions_is_PyTorchs_encoder_on_the_papers_waves() =>
        AssertEqual("transformer_of_waves", new Transformer
        {
            Channels = 6,
            Layers = 2,
            Heads = 3,
            FeedForward = 5,
            Positions = PositionKind.Sinusoidal
        }.Build(7));

    [TestMethod]
    public void A_conditioned_WaveNet_is_the_papers() =>
        AssertEqual("wave_net_conditioned", new WaveNet { Channels = 4, SkipChannels = 6, Cycles = 1, Levels = 3, Conditions = 2 }.Build(12));

    private static void AssertEqual(string name, Layer layer) => AssertEqual(name, inputs => NetworkPlan.Of(layer, inputs));

    private static void AssertEqual(string name, Func<int, NetworkPlan> plan)
    {
        using Golden golden = Golden.Read(name);
        JsonElement packed = golden.Root.GetProperty("input");
        int[] shape = Golden.Shape(packed);
        var input = new SequenceBatch(shape[0], shape[1], shape[2], Golden.Values(packed));
        var weights = new Weights();
        foreach (JsonProperty weight in golden.Root.GetProperty("weights").EnumerateObject())
            weights.Add(Golden.ToWeight(weight.Name, weight.Value));
        NetworkPlan network = plan(input.Channels);
        weights.MustFit(network.AllWeights());

        // The same formulas in double precision agree to rounding; 1e-5 is the tolerance of training and scoring in floats.
        using NetworkProbe exact = new(network, weights), single = NetworkProbe.InFloat32(network, weights);
        AssertEqual(golden, exact, input, 1e-12);
        AssertEqual(golden, single, input, 1e-5);
    }

    private static void AssertEqual(Golden golden, NetworkProbe probe, SequenceBatch input, double relative)
    {
        Close.AssertEqual(Golden.Values(golden.Root.GetProperty("output")), probe.Forward(input), relative, "output");
        Dictionary<string, double[]> gradients = probe.GradientsByName(input);
        foreach (JsonProperty expected in golden.Root.GetProperty("gradients").EnumerateObject())
            Close.AssertEqual(Golden.Values(expected.Value), gradients[expected.Name], relative, $"gradient of {expected.Name}");
    }
}
