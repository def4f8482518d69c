using MLNet.Sequence;

namespace Examples;

/// <summary>The example of the runtime package's readme, word for word, so that it is compiled.</summary>
internal static class RuntimeExample
{
    public static void Run()
    {
        SequenceModel model = SequenceModel.Load("wave.sequence");
        SequenceSession session = model.CreateSession();
        var forecast = new float[session.OutputSize];
        for (int t = 0; t < 100; t++)
            session.Step([MathF.Sin(t / 5f)], forecast);
        Console.WriteLine(string.Join(", ", forecast));
    }
}
