using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>The promises of truncated back-propagation for every recurrent layer, not only for the LSTM.</summary>
[TestClass]
public sealed class CarriedStateTests
{
    private const int Inputs = 3;

    private static IReadOnlyList<Layer> Layers =>
    [
        new RnnLayer(4),
        new LstmLayer(4),
        new ProjectedLstmLayer(4, 2),
        new GruLayer(4),
        new MinGruLayer(4),
        new MinLstmLayer(4),
        new ParaGruLayer(4),
        new ParaLstmLayer(4),
        new LruLayer(4),
        new Branched(new LstmLayer(2), new GruLayer(3)),
        new Sequential(new RnnLayer(3), new GruLayer(4), new LstmLayer(2)),
    ];

    [TestMethod]
    public void Chunks_with_carried_state_give_the_outputs_of_the_whole_sequence()
    {
        foreach (Layer layer in Layers)
        {
            using NetworkProbe probe = Probe(layer);
            // Chunks of one step, of a few, and of more steps than a block of a parallel scan.
            foreach (int chunk in new[] { 1, 5, 45 })
            {
                var whole = SequenceBatch.Random(rows: 2, steps: 90, Inputs, seed: 4);
                double[] expected = probe.Forward(whole);
                using var state = new TorchState();
                double[][] parts = [.. Enumerable.Range(0, 90 / chunk)
                    .Select(i => probe.Forward(Part(whole, i * chunk, chunk), new TorchPass { State = state }).Values)];
                Close.AssertEqual(expected, Joined(parts, rows: 2), 1e-12, $"{layer}, chunks of {chunk}");
            }
        }
    }

    [TestMethod]
    public void Carried_state_brings_no_graph_of_the_chunk_before()
    {
        foreach (Layer layer in Layers)
        {
            using NetworkProbe probe = Probe(layer);
            using var scope = NewDisposeScope();
            using var state = new TorchState();
            var pass = new TorchPass { State = state };
            Tensor x = ones(2, 6, Inputs, ScalarType.Float64).requires_grad_(true);
            probe.Network.Forward(x, pass);
            Assert.IsTrue(state.Tensors.Values.All(tensor => !tensor.requires_grad), $"{layer}");
            probe.Network.Forward(ones(2, 6, Inputs, ScalarType.Float64), pass).sum().backward();
            Assert.IsTrue(x.grad is null, $"{layer}");
        }
    }

    private static NetworkProbe Probe(Layer layer) => new(layer, Inputs, NetworkProbe.RandomWeights(layer, Inputs, seed: 2));

    private static SequenceBatch Part(SequenceBatch whole, int from, int steps) => new(whole.Rows, steps, Inputs,
        [.. Enumerable.Range(0, whole.Rows).SelectMany(row => whole.Row(row).Values[(from * Inputs)..((from + steps) * Inputs)])]);

    // Chunks of [rows, steps, channels] → the rows of the whole.
    private static double[] Joined(double[][] parts, int rows) =>
        [.. Enumerable.Range(0, rows).SelectMany(row => parts.SelectMany(part => part.Chunk(part.Length / rows).ElementAt(row)))];
}
