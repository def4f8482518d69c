using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class TcnTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new Tcn { Channels = 6, Levels = 2 }, levels: 2),
        Case(new Tcn { Channels = ArchitectureCase.Inputs, Levels = 3, KernelSize = 2, Dropout = 0.25 }, levels: 3),
        Case(new Tcn { Channels = 4, KernelSize = 2 }, levels: 4), // 1 + 2 · (2^3 − 1) = 15 do not cover 16 steps
    ];

    internal override Architecture Invalid => new Tcn { Channels = 0, Levels = 0, KernelSize = 1, Dropout = double.NaN, InitialDeviation = 0 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(Tcn.Channels), nameof(Tcn.Levels), nameof(Tcn.KernelSize), nameof(Tcn.Dropout), nameof(Tcn.InitialDeviation)];

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(5, 1)]
    [DataRow(6, 2)]
    [DataRow(13, 2)]
    [DataRow(14, 3)]
    [DataRow(1000, 8)]
    public void The_levels_are_the_fewest_whose_field_covers_the_context(int context, int levels) =>
        Assert.AreEqual(1 + 4 * ((1 << levels) - 1), new Tcn().Build(context).ReceptiveField);

    [TestMethod]
    public void Hyper_parameters_whose_field_no_number_holds_are_refused()
    {
        foreach (Tcn tcn in new[] { new Tcn { Levels = 31 }, new Tcn { Levels = 2, KernelSize = int.MaxValue }, new Tcn { KernelSize = int.MaxValue } })
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(tcn.Validate).Message, "receptive field");
        new Tcn { Levels = 28 }.Validate();
    }

    // Table 1 there, with the settings of its appendix; stated to one or two digits.
    [TestMethod]
    [DataRow(7, 8, 25, 1, 10, 70_000, 5_000, DisplayName = "Sequential MNIST")]
    [DataRow(8, 8, 24, 2, 1, 70_000, 5_000, DisplayName = "Adding problem")]
    [DataRow(3, 2, 150, 88, 88, 300_000, 50_000, DisplayName = "JSB Chorales")]
    [DataRow(6, 4, 150, 88, 88, 1_000_000, 500_000, DisplayName = "Nottingham")]
    public void The_papers_settings_have_the_papers_number_of_parameters(int kernel, int levels, int hidden, int inputs, int outputs, int stated, int within)
    {
        Layer network = new Sequential(new Tcn { KernelSize = kernel, Levels = levels, Channels = hidden }.Build(1), new Dense(outputs));
        Assert.AreEqual(stated, network.ParameterCount(inputs), within);
    }

    [TestMethod]
    public void Kernels_start_with_the_stated_spread()
    {
        double Spread(Tcn tcn) => Math.Sqrt(
            Initializer.Draw(tcn.Build(9).AllWeights(24), new RandomStream(1))["0.0.inner.0.weight_v"].Values.Average(value => (double)value * value));
        // 24 · 24 · 8 draws: the standard error is below 2 %.
        Assert.AreEqual(0.01, Spread(new Tcn { Channels = 24, KernelSize = 8, InitialDeviation = 0.01 }), 0.05 * 0.01);
        Assert.AreEqual(1 / Math.Sqrt(3 * 24 * 8), Spread(new Tcn { Channels = 24, KernelSize = 8 }), 0.05 / Math.Sqrt(3 * 24 * 8));
    }

    [TestMethod]
    public void A_weight_normalised_kernel_starts_as_the_kernel_that_was_drawn()
    {
        Weights weights = Initializer.Draw(new Tcn().Build(96).AllWeights(7), new RandomStream(2));
        foreach (Weight gain in weights.Where(weight => weight.Name.EndsWith("weight_g", StringComparison.Ordinal)))
        {
            float[] kernel = weights[gain.Name[..^1] + "v"].Values.Items;
            int row = kernel.Length / gain.Values.Length;
            for (int i = 0; i < gain.Values.Length; i++)
                Assert.AreEqual(Math.Sqrt(kernel.Skip(i * row).Take(row).Sum(value => (double)value * value)), gain.Values[i], 1e-7);
        }
    }

    // A level: two convolutions with a gain and a bias per channel; a 1×1 convolution on the shortcut where the widths differ.
    private static ArchitectureCase Case(Tcn tcn, int levels)
    {
        long c = tcn.Channels, k = tcn.KernelSize, inputs = ArchitectureCase.Inputs;
        long first = (inputs * k + 2) * c + (c * k + 2) * c + (inputs == c ? 0 : (inputs + 1) * c);
        long further = 2 * (c * k + 2) * c;
        int field = 1 + 2 * (tcn.KernelSize - 1) * ((1 << levels) - 1);
        return new ArchitectureCase(tcn, first + (levels - 1) * further, field);
    }
}
