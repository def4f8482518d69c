using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class LstmLayerTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(new LstmLayer(4), 3, "weight_ih[16,3]", "weight_hh[16,4]", "bias_ih[16]", "bias_hh[16]"),
        Case(new LstmLayer(2) { RecurrentDropout = 0.3, Variational = true }, 1, "weight_ih[8,1]", "weight_hh[8,2]", "bias_ih[8]", "bias_hh[8]"),
        Case(new LstmLayer(1) { ForgetBias = 1 }, 2, "weight_ih[4,2]", "weight_hh[4,1]", "bias_ih[4]", "bias_hh[4]"),
    ];

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Recurrent_dropout_masks_the_last_output_on_its_way_into_the_gates(bool variational)
    {
        const double rate = 0.4;
        const int rows = 2, inputs = 3, size = 4;
        var layer = new LstmLayer(size) { RecurrentDropout = rate, Variational = variational };
        Weights weights = NetworkProbe.RandomWeights(layer, inputs, seed: 3);
        var plain = new PlainWeights(weights);
        var input = SequenceBatch.Random(rows, LayerCase.Steps, inputs, seed: 4);

        // One mask, [rows, steps, size], or [rows, 1, size] for all steps.
        using var probe = new NetworkProbe(layer, inputs, weights);
        int perRow = variational ? 1 : LayerCase.Steps;
        bool[] kept = PlainMasks.Kept(seed: 7, number: 0, rate, rows * perRow * size);
        double[] Mask(int row, int step) => [.. kept[((row * perRow + step) * size)..((row * perRow + step + 1) * size)]
            .Select(value => value ? 1 / (1 - rate) : 0)];
        double[] expected = [.. Enumerable.Range(0, rows).SelectMany(row => PlainRecurrence.DroppedLstm(
            size, input.RowSteps(row), plain, t => Mask(row, variational ? 0 : t)).SelectMany(step => step))];

        Close.AssertEqual(expected, probe.Forward(input, new TorchPass { Dropout = new DropoutMasks(7) }).Values, 1e-12, "with masks");
        Assert.IsTrue(kept.Contains(true) && kept.Contains(false));
    }

    [TestMethod]
    public void A_carried_state_continues_under_recurrent_dropout()
    {
        var layer = new LstmLayer(3) { RecurrentDropout = 1e-12 };
        using var probe = new NetworkProbe(layer, 2, NetworkProbe.RandomWeights(layer, 2, seed: 3));
        var whole = SequenceBatch.Random(1, 8, 2, seed: 4);
        using var state = new TorchState();
        var masks = new DropoutMasks(1);
        double[] parts = [.. new[] { 0, 4 }.SelectMany(from =>
            probe.Forward(new SequenceBatch(1, 4, 2, whole.Values[(from * 2)..((from + 4) * 2)]), new TorchPass { Dropout = masks, State = state }).Values)];
        Close.AssertEqual(probe.Forward(whole), parts, 1e-9, "two chunks");
    }

    private static LayerCase Case(LstmLayer layer, int inputs, params string[] weights) =>
        new(layer, inputs, weights) { Outputs = layer.HiddenSize, Field = null };
}
