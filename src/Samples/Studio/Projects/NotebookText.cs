using System.Text.Json;

namespace MLNet.Sequence.Samples.Studio.Projects;

/// <summary>
/// A notebook from plain text, whose cells begin with the lines of Jupytext's percent form: "# %%" for code and "# %% [markdown]" for text.
/// </summary>
internal static class NotebookText
{
    private const string Mark = "# %%", Prose = "[markdown]";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Of(string text)
    {
        IEnumerable<object> cells = $"\n{text.ReplaceLineEndings("\n")}".Split($"\n{Mark}").Skip(1).Select(Cell);
        return JsonSerializer.Serialize(new
        {
            cells,
            metadata = new
            {
                kernelspec = new { display_name = ".NET (C#)", language = "C#", name = ".net-csharp" },
                language_info = new { name = "csharp" },
            },
            nbformat = 4,
            nbformat_minor = 4,
        }, Indented);
    }

    // The rest of the marked line says what the cell is.
    private static object Cell(string text)
    {
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        string[] lines = text[(end + 1)..].TrimEnd('\n').Split('\n');
        string[] source = [.. lines[..^1].Select(line => line + "\n"), lines[^1]];
        return text[..end].Contains(Prose, StringComparison.Ordinal)
            ? new { cell_type = "markdown", metadata = new { }, source }
            : new { cell_type = "code", execution_count = (int?)null, metadata = new { }, outputs = Array.Empty<object>(), source };
    }
}
