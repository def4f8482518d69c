using System.Security.Cryptography;
using System.Text;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Sessions;
using MLNet.Sequence.Tests.Certificates;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Model;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Sessions;

/// <summary>Files of states: those of earlier builds, of other models, of many series, and of unusual keys.</summary>
[TestClass]
public sealed class SavedStatesTests
{
    private static readonly string[] Earlier = [.. typeof(SavedStatesTests).Assembly.GetManifestResourceNames()
        .Where(name => name.EndsWith(".states", StringComparison.Ordinal)).Select(name => Path.GetFileNameWithoutExtension(name))];

    // The number of steps of each series in sessions of that build.
    private static readonly (string Key, int Steps)[] Seen = [("a", 15), ("é", 11)];

    [TestMethod]
    public void States_of_an_earlier_build_continue_as_if_this_one_had_taken_all_steps()
    {
        CollectionAssert.IsSubsetOf(Architecture.Names.ToArray(), Earlier);
        foreach (string name in Earlier)
        {
            SequenceModel model = SequenceModel.Load(new MemoryStream(Resource(name + ".model")));
            bool carries = model.Task is Forecasting && model.Managed.CanStep;
            SequenceSession restored = Restored(model, Resource(name + ".states"), carries), fresh = model.CreateSession(carries);
            CollectionAssert.AreEquivalent(new[] { "a", "é" }, restored.Series.ToArray());
            foreach ((string key, int steps) in Seen)
            {
                for (int step = 0; step < steps; step++)
                    Step(fresh, key, step);
                for (int step = steps; step < steps + 10; step++)
                    TinyForecasting.AssertNear([Step(fresh, key, step)], [Step(restored, key, step)], 1e-5);
            }

            Assert.AreEqual(fresh.StepsOutsideRange, restored.StepsOutsideRange, name);
        }
    }

    [TestMethod]
    public void The_data_has_as_many_series_as_its_description_says()
    {
        SequenceModel model = UntrainedModels.Make(new Gru { HiddenSize = 2 }, UntrainedModels.NextStep());
        SequenceSession session = model.CreateSession();
        foreach (string key in new[] { "a", "b" })
            session.Step(key, [1], new float[session.OutputSize]);
        using var folder = new TemporaryFolder();
        session.Save(folder.At("states"));
        byte[] states = File.ReadAllBytes(folder.At("states"));
        using var reader = new BinaryReader(new MemoryStream(states));
        reader.ReadBytes("MLNet.Sequence session 4\n".Length);
        (_, _, _, _) = (reader.ReadString(), reader.ReadString(), reader.ReadBytes(SHA256.HashSizeInBytes), reader.ReadBoolean());
        foreach (byte count in new byte[] { 0, 1, 3 })
        {
            states[reader.BaseStream.Position] = count;
            File.WriteAllBytes(folder.At("changed"), Signed(states[..^SHA256.HashSizeInBytes]));
            StringAssert.Contains(
                Assert.ThrowsExactly<FormatException>(() => session.Restore(folder.At("changed"))).Message, $"instead of the stated {count}.");
        }
    }

    [TestMethod]
    public void States_outlive_a_property_that_the_architecture_gains()
    {
        // As if both were written by a build without the property.
        var archive = new ModelArchive(Resource("lstm.model"));
        archive.Json["architecture"]!.AsObject().Remove("variational");
        byte[] older = archive.ToFile();
        byte[] states = Resource("lstm.states");
        SHA256.HashData(older).CopyTo(states, 25);
        SequenceModel model = SequenceModel.Load(new MemoryStream(older));
        SequenceSession restored = Restored(model, Signed(states[..^32]), carriesState: true);
        Assert.HasCount(2, restored.Series);

        // The same for files of this build.
        const string property = "\"variational\":false,";
        string known = Encoding.Latin1.GetString(Saved(restored)), unknown = known.Replace(property, "", StringComparison.Ordinal);
        Assert.AreEqual(known.Length - property.Length, unknown.Length);
        byte[] bytes = Encoding.Latin1.GetBytes(unknown);
        bytes[known.IndexOf('{', StringComparison.Ordinal) - 1] -= (byte)property.Length; // the length of the text
        Assert.HasCount(2, Restored(model, Signed(bytes[..^32]), carriesState: true).Series);
    }

    [TestMethod]
    public void States_belong_to_the_numbers_of_a_model_and_not_to_its_report()
    {
        SequenceModel model = Forecaster(1);
        SequenceSession session = model.CreateSession();
        Step(session, "a", 1);
        byte[] states = Saved(session);
        SequenceModel same = new(model.Architecture, model.Task, model.Weights, model.Scaling, UntrainedModel.Report with { Seed = 99, Device = "another" });
        Assert.HasCount(1, Restored(same, states).Series);
        AssertRefused(Forecaster(2), states, "its weights or its scaling are not");
        AssertRefused(UntrainedModel.Make(model.Architecture, model.Task, new ChannelScaling([9, 9, 9], [1, 1, 1])), states,
            "its weights or its scaling are not");
        AssertRefused(UntrainedModel.Make(new Linear { Size = 3, Window = 3 }, model.Task, new ChannelScaling([0, 0, 0], [1, 1, 1])), states,
            "\"window\":null");
        AssertRefused(UntrainedModel.Make(model.Architecture, UntrainedModel.Forecasting(WindowNormalization.LastValue),
            new ChannelScaling([0, 0, 0], [1, 1, 1])), states, "it has the task");
    }

    [TestMethod]
    public void Keys_that_end_inside_a_character_keep_their_own_states()
    {
        SequenceModel model = Forecaster(1);
        SequenceSession session = model.CreateSession();
        string[] keys = ["shop \uD83D", "shop \uD83E", "\uDC00", "shop \uFFFD", ""];
        for (int step = 0; step < 20; step++)
        {
            foreach ((int i, string key) in keys.Index())
                Step(session, key, step * (i + 1));
        }

        SequenceSession restored = Restored(model, Saved(session));
        CollectionAssert.AreEquivalent(keys, restored.Series.ToArray());
        foreach (string key in keys)
            CollectionAssert.AreEqual(TinyForecasting.Bits(Step(session, key, 7)), TinyForecasting.Bits(Step(restored, key, 7)), key);
    }

    [TestMethod]
    public void States_are_written_and_read_piece_by_piece()
    {
        SequenceModel model = UntrainedModel.Make(new Lstm { HiddenSize = 60 }, UntrainedModel.Forecasting(WindowNormalization.None),
            new ChannelScaling([0, 0, 0], [1, 1, 1]));
        SequenceSession session = model.CreateSession(carriesState: true);
        for (int i = 0; i < 200; i++)
            Step(session, $"{i}", i);
        using var pieces = new Pieces();
        SessionFile.Write(pieces, session, session.Series.Select(key => KeyValuePair.Create(key, new SessionSeries(session, null))));
        Assert.IsGreaterThan(500_000, pieces.Length);
        Assert.IsLessThan(10_000, pieces.Largest);
        pieces.Position = pieces.Largest = 0;
        Assert.HasCount(200, SessionFile.Read(pieces, "pieces", session, _ => new SessionSeries(session, null)));
        Assert.IsLessThan(70_000, pieces.Largest);
    }

    [TestMethod]
    public void A_series_whose_key_is_empty_is_scaled_by_its_own_rows()
    {
        var pooled = new ChannelScaling([100, 100, 100], [50, 50, 50]);
        SequenceModel model = UntrainedModel.Make(
            new Linear { Size = 3 }, UntrainedModel.Forecasting(WindowNormalization.None), pooled, new("", new ChannelScaling([5, 5, 5], [2, 2, 2])),
                new("b", pooled));
        SequenceSession session = model.CreateSession();
        float[] history = [.. Enumerable.Range(0, 12).SelectMany(step => new[] { 4f + step % 3, 5, 6 - step % 2 })], output = new float[session.OutputSize];
        for (int i = 0; i < history.Length; i += 3)
            session.Step(history.AsSpan(i, 3), output);
        TinyForecasting.AssertNear([model.Forecast(history, "")], [output], 1e-5);
    }

    [TestMethod]
    [DataRow(99f)]
    [DataRow(-1f)]
    [DataRow(1.7f)]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void An_invalid_token_is_handled_as_in_Predict(float token)
    {
        SequenceModel known = Tokens(unknown: 2), strict = Tokens(unknown: null);
        SequenceSession session = known.CreateSession();
        var output = new float[session.OutputSize];
        session.Step([1], output);
        session.Step([token], output);
        TinyForecasting.AssertNear([known.Predict([1, token])], [output], 1e-6);

        SequenceSession refusing = strict.CreateSession();
        refusing.Step([1], output);
        Assert.ThrowsExactly<ArgumentException>(() => strict.Predict([1, token]));
        var error = Assert.ThrowsExactly<ArgumentException>(() => refusing.Step([token], output));
        StringAssert.Contains(error.Message, "expected an index from 0 to 3");
        refusing.Step([0], output);
        TinyForecasting.AssertNear([strict.Predict([1, 0])], [output], 1e-6);
    }

    private static SequenceModel Tokens(int? unknown) => UntrainedModel.Make(
        new Gru { HiddenSize = 3 },
        new NextStep
        {
            Kind = StepKind.Token,
            LongestSequence = 10,
            Input = new SequenceInput
            {
                Columns = ["x"],
                Scalars = false,
                Features = 1,
                Tokens = new TokenInput { Count = 4, Keys = false, EmbeddingSize = 3, Unknown = unknown }
            },
        },
        new ChannelScaling([0], [1]));

    private static SequenceModel Forecaster(int seed)
    {
        Forecasting task = UntrainedModel.Forecasting(WindowNormalization.None);
        var architecture = new Linear { Size = 3 };
        Weights weights = NetworkProbe.RandomWeights(SequenceModel.BuildNetwork(architecture, task), seed);
        return new SequenceModel(architecture, task, weights, new SeriesScaling(new ChannelScaling([0, 0, 0], [1, 1, 1]), []), UntrainedModel.Report);
    }

    private static float[] Step(SequenceSession session, string key, int step)
    {
        var output = new float[session.OutputSize];
        bool tokens = session.Model.Task is NextStep;
        session.Step(key, [.. Enumerable.Range(0, session.InputSize).Select(channel => tokens ? step % 3 : MathF.Sin(0.37f * step + channel) + step % 5)],
            output);
        return output;
    }

    private static byte[] Saved(SequenceSession session)
    {
        using var folder = new TemporaryFolder();
        session.Save(folder.At("states"));
        return File.ReadAllBytes(folder.At("states"));
    }

    private static SequenceSession Restored(SequenceModel model, byte[] states, bool carriesState = false)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.At("states"), states);
        SequenceSession session = model.CreateSession(carriesState);
        session.Restore(folder.At("states"));
        return session;
    }

    private static void AssertRefused(SequenceModel model, byte[] states, string part)
    {
        string message = Assert.ThrowsExactly<FormatException>(() => Restored(model, states)).Message;
        StringAssert.Contains(message, "another model");
        StringAssert.Contains(message, part);
    }

    private static byte[] Signed(byte[] content) => [.. content, .. SHA256.HashData(content)];

    private static byte[] Resource(string name)
    {
        using Stream stream = typeof(SavedStatesTests).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A file in memory that remembers the largest piece that was written or read at once.</summary>
    private sealed class Pieces : MemoryStream
    {
        public int Largest { get; set; }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Largest = Math.Max(Largest, buffer.Length);
            base.Write(buffer.ToArray(), 0, buffer.Length);
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Largest = Math.Max(Largest, count);
            return base.Read(buffer, offset, count);
        }
    }
}
